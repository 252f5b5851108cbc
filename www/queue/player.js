// A player. It detects whether this page may read the video, and requests a new URL when the old one has expired.

import { byId, html } from "../element.js";
import { say } from "../text.js";
import { nameOf } from "./view.js";

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
/** The HTTP statuses of an expired URL. */
const EXPIRED = [401, 403, 404, 410];

/** The player of a job. `events`: `renew(job)` resolves to whether the URL has changed; `changed(job)`. */
export class Player {
  element = html("figure", { class: "player" });
  #job;
  #events;
  #video;
  #note = html("p", { class: "player-note", role: "status", hidden: true });
  #asked = false;
  /** Whether the video is requested with CORS, so that this page can read it. Some servers refuse that. */
  #isShared;

  constructor(job, events) {
    this.#job = job;
    this.#events = events;
    this.#play(false);
  }

  get video() {
    return this.#video;
  }

  /** Whether it plays with sound. */
  get isHeard() {
    return !this.#video.paused && !this.#video.muted;
  }

  /** Creates the player. `isWanted`: play was already pressed. */
  #play(isWanted) {
    const { record, isOld, task } = this.#job;
    const [{ url, width, height }] = task.output;
    this.#isShared = record.isOpen !== true;
    const video = html("video", {
      controls: true,
      playsinline: true,
      loop: true,
      // Videos of the history load on demand.
      preload: isOld ? "none" : "auto",
      poster: record.poster,
      crossorigin: this.#isShared ? "anonymous" : null,
      width,
      height,
      "aria-label": nameOf(this.#job),
    });
    // Muted, as browsers demand for autoplay; not with reduced motion.
    video.muted = true;
    video.autoplay = isWanted || (!isCalm.matches && !isOld);
    video.addEventListener("error", () => this.#failed(!video.paused), { once: true });
    video.addEventListener("play", () => this.#say(null), { once: true });
    video.src = url;
    this.#video = video;
    this.element.replaceChildren(video, this.#note);
  }

  async #failed(isWanted) {
    const { record, task } = this.#job;
    const [{ url }] = task.output;
    const status = await fetch(url, { headers: { Range: "bytes=0-0" }, credentials: "omit" }).then(
      response => response.status,
      () => undefined,
    );
    if (status === undefined && this.#isShared) {
      // The site does not let this page read its videos, but they can still play.
      record.isOpen = true;
      this.#events.changed(this.#job);
      return this.#play(isWanted);
    }
    if (status !== undefined && !EXPIRED.includes(status)) return this.#say(say("video.unplayable"));
    this.renew();
  }

  /** Reports an expired URL, and asks the service for a new one. */
  async renew() {
    if (this.#asked) return this.#offer("video.gone");
    this.#asked = true;
    this.#say(say("video.expired"));
    const isNew = await this.#events.renew(this.#job);
    if (isNew === undefined) return this.#offer("video.elsewhere");
    if (!isNew) return this.#offer("video.gone");
    this.#play(false);
    this.#say(say("video.renewed"));
  }

  #offer(path) {
    const again = () => {
      this.#asked = false;
      this.renew();
    };
    this.#say(say(path), html("button", { type: "button", class: "quiet", onclick: again }, say("video.ask")));
  }

  #say(...content) {
    this.#note.hidden = content[0] === null;
    this.#note.replaceChildren(...content.filter(Boolean).flatMap(part => [part, " "]));
    if (content[0]) byId("announcer").textContent = content[0];
  }
}
