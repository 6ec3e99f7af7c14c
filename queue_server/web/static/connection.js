/* The browser's shell around session.js: opens the socket, pumps, waits, opens it again. Knows sockets, no queues. */

import { Session } from "./session.js";
import { commandId } from "./chance.js";

/* How long a person is kept waiting while the server says `busy` or `storage`. */
const PATIENCE_MS = 10000;

/* How often silence is looked for; the limit itself is the session's. */
const WATCH_MS = 1000;

export class Connection {
  /* `onMessage` is given what the server says, `onLink` each change of the link ("connecting", "live", "refused"). */
  constructor({ hello, onMessage, onLink }) {
    this.session = new Session(hello);
    this.onMessage = onMessage;
    this.onLink = onLink;
    this.told = "connecting";
    this.waiting = new Map();
    this.socket = null;
    this.retry = null;
    this.timer = null;
  }

  /* Keep the link up as long as the page lives. */
  start() {
    setInterval(() => this.watch(), WATCH_MS);
    window.addEventListener("online", () => this.hurry());
    this.open();
  }

  /* Introduce the page again: what its hello says has changed. */
  restart() {
    this.drop();
    this.open();
  }

  /* Ask the server; the promise gets the answer's result, however many reconnects that takes. */
  ask(command) {
    return this.begin(command).answer;
  }

  /* Ask the server; `answer` is as of `ask`, `giveUp()` waits for it no longer: then it never comes. */
  begin(command) {
    const id = commandId();
    const answer = new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.session.ask(id, command, performance.now(), PATIENCE_MS);
      this.flush();
    });
    const giveUp = () => {
      this.waiting.delete(id);
      this.session.giveUp(id);
    };
    return { answer, giveUp };
  }

  open() {
    clearTimeout(this.retry);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/socket`);
    this.socket = socket;
    socket.onopen = () => this.isOpen(socket);
    socket.onmessage = (event) => this.hear(socket, event.data);
    socket.onclose = () => this.isGone(socket);
  }

  isOpen(socket) {
    if (socket === this.socket) {
      this.session.connected(performance.now());
      this.flush();
    }
  }

  hear(socket, frame) {
    if (socket !== this.socket) {
      return;
    }
    const message = this.session.receive(frame, performance.now());
    this.tellLink();
    if (message !== null) {
      this.deliver(message);
    }
    this.flush();
  }

  isGone(socket) {
    if (socket !== this.socket) {
      return;
    }
    this.socket = null;
    this.session.disconnected();
    this.tellLink();
    this.retry = setTimeout(() => this.open(), this.session.retryDelay(Math.random()));
  }

  /* Let go of the socket at once; a dead one would answer `close` only after minutes. */
  drop() {
    const socket = this.socket;
    if (socket !== null) {
      this.isGone(socket);
      socket.close();
    }
  }

  hurry() {
    if (this.socket === null) {
      this.open();
    }
  }

  watch() {
    const deadline = this.session.silenceDeadline();
    if (deadline !== null && performance.now() > deadline) {
      this.drop();
    }
  }

  flush() {
    clearTimeout(this.timer);
    if (this.socket === null || this.socket.readyState !== WebSocket.OPEN) {
      return;
    }
    const now = performance.now();
    this.session.framesToSend(now).forEach((frame) => this.socket.send(frame));
    const next = this.session.nextSendAt();
    if (next !== null) {
      this.timer = setTimeout(() => this.flush(), Math.max(10, next - now));
    }
  }

  deliver(message) {
    if (message.type === "answer" && this.waiting.has(message.command_id)) {
      this.waiting.get(message.command_id)(message.result);
      this.waiting.delete(message.command_id);
    }
    this.onMessage(message);
  }

  tellLink() {
    const link = this.session.link();
    if (link !== this.told) {
      this.told = link;
      this.onLink(link, this.session.refusal);
    }
  }
}
