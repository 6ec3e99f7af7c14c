/* The loudspeaker of a page: clips joined sample by sample, calls one after another. Knows sound, no queues. */

/* Room for the browser to hand the first samples over in time. */
const LEAD_S = 0.05;

/* A call is said once when the calls that wait, each said once, last longer than this. */
const CROWDED_S = 20;

/* The clip that no sentence needs. */
const CHIME = "chime";

/* Silence between two calls, so that they are heard as two. */
const BETWEEN_CALLS_MS = 600;

/* A clip that did not come is asked for once more: time for a hiccup of the network to pass, short beside a call. */
const AGAIN_MS = 400;

/* A loudspeaker that runs has gone on by then. */
const RUNNING_MS = 250;

class ClipsMissing extends Error {}

export class Sound {
  /* To be made within a tap: a browser starts no sound by itself. */
  constructor() {
    this.context = new AudioContext();
    this.context.resume();
    this.clips = new Map();
    this.lastAsked = [];
    this.waiting = [];
    this.last = Promise.resolve();
  }

  /* Say `utterances` after what is waiting. `stillTrue` is asked when its turn comes; a call that no longer is true is
   * not said. `begin` and `end` are called around one that is. The promise gets "spoken", "dropped", "left" (its own
   * clips are missing, others are there) or "failed" (nothing can be heard). */
  say(utterances, { stillTrue, begin, end }) {
    this.waiting.push(utterances);
    const turn = this.last.then(() => this.take(utterances, stillTrue, begin, end));
    this.last = turn.then(() => pause(BETWEEN_CALLS_MS));
    return turn;
  }

  async take(utterances, stillTrue, begin, end) {
    this.waiting.splice(this.waiting.indexOf(utterances), 1);
    if (!stillTrue()) {
      return "dropped";
    }
    begin();
    try {
      await this.speak(utterances);
      return "spoken";
    } catch (error) {
      console.error("a call could not be spoken:", error);
      return error instanceof ClipsMissing ? "left" : "failed";
    } finally {
      end();
    }
  }

  /* Say what can be said whole. A sentence that lacks a clip is left out: with a hole in it, it would send people to the
   * wrong counter. The chime sounds before whatever is said first, and alone where nothing is. Throws `ClipsMissing`
   * when no sentence could be said, another error when nothing could be heard. */
  async speak(utterances) {
    this.lastAsked = utterances.flat().filter(isClip);
    const had = await this.clipsThatAreHad(utterances);
    const chime = had.has(CHIME) ? utterances[0].slice(0, 2).filter((part, place) => place > 0 || part === CHIME) : [];
    let said = 0;
    for (const parts of utterances) {
      const sentence = parts[0] === CHIME ? parts.slice(2) : parts;
      const isRepeat = said > 0 && this.isAsBefore(utterances, parts);
      const whole = sentence.length > 0 && sentence.filter(isClip).every((key) => had.has(key));
      if (whole && !(isRepeat && (await this.waitingSeconds()) > CROWDED_S)) {
        await this.play(said === 0 ? [...chime, ...sentence] : sentence);
        said += 1;
      }
    }
    if (said === 0) {
      await this.play(chime);
      throw had.size > 0 ? new ClipsMissing() : new Error("no clip can be had");
    }
  }

  /* Say whether an utterance says again, word for word, what the one before it has said. */
  isAsBefore(utterances, parts) {
    const words = (each) => each.filter(isClip).filter((key) => key !== CHIME).join(" ");
    return words(utterances[utterances.indexOf(parts) - 1]) === words(parts);
  }

  /* Return the keys of these utterances whose clips can be had. */
  async clipsThatAreHad(utterances) {
    const keys = [...new Set(utterances.flat().filter(isClip))];
    const found = await Promise.all(keys.map((key) => this.clip(key).then(() => true, () => false)));
    return new Set(keys.filter((key, place) => found[place]));
  }

  /* Return how long the waiting calls last, each said once, as measured from the clips that can be had. */
  async waitingSeconds() {
    const parts = this.waiting.flatMap((utterances) => utterances[0]);
    const lengths = parts.map((part) => (isClip(part) ? this.clip(part).then((sound) => sound.duration, () => 0) : part / 1000));
    return (await Promise.all(lengths)).reduce((sum, each) => sum + each, 0);
  }

  /* Schedule the parts of one utterance back to back and wait until the last sample is out. */
  async play(parts) {
    const sounds = await Promise.all(parts.map((part) => (isClip(part) ? this.clip(part) : part / 1000)));
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

function isClip(part) {
  return typeof part !== "number";
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
