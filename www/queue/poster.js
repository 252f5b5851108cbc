// Small pictures of videos. They are kept, so that the history loads no videos.

const LONGEST = 480;
const QUALITY = 0.72;
/** The time of the picture in the video. The first frame is often black. */
const AT_SECONDS = 0.5;
const TIMEOUT_MS = 20_000;

let last = Promise.resolve();

/** Resolves to the picture as a URL, or to undefined if this page may not read the video. Loads one video at a time. */
export const posterOf = url => {
  last = last.then(() => take(url)).catch(() => undefined);
  return last;
};

const take = url =>
  new Promise((resolve, reject) => {
    const video = document.createElement("video");
    const end = how => {
      clearTimeout(timer);
      how();
      video.removeAttribute("src");
      video.load();
    };
    const timer = setTimeout(() => end(() => reject(new Error("It takes too long."))), TIMEOUT_MS);
    video.muted = true;
    video.preload = "auto";
    video.crossOrigin = "anonymous";
    video.addEventListener("error", () => end(() => reject(video.error)), { once: true });
    video.addEventListener("loadeddata", () => (video.currentTime = Math.min(AT_SECONDS, video.duration / 2)), {
      once: true,
    });
    video.addEventListener("seeked", () => end(() => resolve(draw(video))), { once: true });
    video.src = url;
  });

const draw = video => {
  const canvas = document.createElement("canvas");
  const scale = LONGEST / Math.max(video.videoWidth, video.videoHeight);
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY);
};
