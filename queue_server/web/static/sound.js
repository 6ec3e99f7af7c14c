/* The loudspeaker of a page: clips joined sample by sample, calls one after another. Knows sound, no queues. */

/* Room for the browser to hand the first samples over in time. */
const LEAD_S = 0.05;

/* With this many calls waiting to be spoken a call is said once. */
const CROWDED = 3;

/* Silence between two calls, so that they are heard as two. */
const BETWEEN_CALLS_MS = 600;

/* A clip that did not come is asked for once more: time for a hiccup of the network to pass, short beside a call. */
const AGAIN_MS = 400;

/* A loudspeaker that runs has gone on by then. */
const RUNNING_MS = 250;

export class Sound {
  /* To be made within a tap: a browser starts no sound by itself. */
  constructor() {
    this.context = new AudioContext();
    this.context.resume();
    this.clips = new Map();
    this.lastAsked = [];
    this.waiting = 0;
    this.last = Promise.resolve();
  }

  /* Say `utterances` after what is waiting. `stillTrue` is asked when its turn comes; a call that no longer is true is
   * not said. The promise gets "spoken", "dropped" or "failed". */
  say(utterances, stillTrue) {
    this.waiting += 1;
    const turn = this.last.then(() => this.take(utterances, stillTrue));
    this.last = turn.then(() => pause(BETWEEN_CALLS_MS));
    return turn;
  }

  async take(utterances, stillTrue) {
    this.waiting -= 1;
    if (!stillTrue()) {
      return "dropped";
    }
    try {
      await this.speak(utterances);
      return "spoken";
    } catch (error) {
      console.error("a call could not be spoken:", error);
      return "failed";
    }
  }

  async speak(utterances) {
    for (const [place, parts] of utterances.entries()) {
      if (place === 0 || this.waiting < CROWDED) {
        await this.play(parts);
      }
    }
  }

  /* Schedule the parts of one utterance back to back and wait until the last sample is out. */
  async play(parts) {
    this.lastAsked = parts.filter((part) => typeof part !== "number");
    const sounds = await Promise.all(parts.map((part) => (typeof part === "number" ? part / 1000 : this.clip(part))));
    const start = this.context.currentTime + LEAD_S;
    let at = start;
    for (const sound of sounds) {
      at += typeof sound === "number" ? sound : this.schedule(sound, at);
    }
    await pause((at - this.context.currentTime) * 1000);
    if (this.context.currentTime < start) {
      throw new Error(`the loudspeaker stands still (${this.context.state})`);
    }
  }

  schedule(buffer, at) {
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    source.start(at);
    return buffer.duration;
  }

  /* Return a clip, fetched and decoded once. Throws when there is none. */
  clip(key) {
    if (!this.clips.has(key)) {
      const fetched = this.fetch(key);
      fetched.catch(() => this.clips.delete(key));
      this.clips.set(key, fetched);
    }
    return this.clips.get(key);
  }

  async fetch(key) {
    const bytes = await download(key).catch(() => pause(AGAIN_MS).then(() => download(key)));
    return this.context.decodeAudioData(bytes);
  }

  /* Say whether a call would be heard after one was not: the loudspeaker runs, and clips of that call can be had. One
   * clip that is nowhere costs its own calls alone. */
  async works() {
    this.context.resume();
    const before = this.context.currentTime;
    await pause(RUNNING_MS);
    const had = this.lastAsked.map((key) => download(key).then(() => true, () => false));
    return this.context.currentTime > before && (await Promise.all(had)).some((each) => each);
  }
}

async function download(key) {
  const response = await fetch(`/voice/${key}.wav`);
  if (!response.ok) {
    throw new Error(`/voice/${key}.wav: ${response.status}`);
  }
  return response.arrayBuffer();
}

function pause(lasting) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, lasting)));
}
