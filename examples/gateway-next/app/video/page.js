"use client";
// A page that makes videos through the gateway. Leaving it ends the wait, not the video; StrictMode mounts it twice and sends once.
import { useEffect, useRef, useState } from "react";
import { Sd2Client, upload } from "sd2-client";

export default function Video() {
  const [prompt, setPrompt] = useState("A cat playing piano");
  const [status, setStatus] = useState("");
  const [video, setVideo] = useState();
  const wait = useRef();
  useEffect(() => () => wait.current?.abort(), []);

  const make = async event => {
    event.preventDefault();
    wait.current?.abort();
    const { signal } = (wait.current = new AbortController());
    const client = new Sd2Client({ baseUrl: "/api/sd2", gateway: true });
    const onUpdate = ({ task, progress }) =>
      setStatus(task?.queue ? `Number ${task.queue.position} in the queue` : `${Math.round(100 * progress)} %`);
    try {
      const [photo] = event.target.photo.files;
      const urls = photo && [await upload(client, photo, { signal })];
      const task = await client.generate({ model: "sd2", inputs: { prompt, urls } }, { signal, onUpdate });
      setVideo(task.output[0].url);
      setStatus("Done");
    } catch (error) {
      if (!signal.aborted) setStatus(error.message);
    }
  };

  return (
    <form onSubmit={make}>
      <input value={prompt} onChange={event => setPrompt(event.target.value)} aria-label="Prompt" />
      <input type="file" name="photo" accept="image/jpeg,image/png" aria-label="Start from a photo" />
      <button type="submit">Make a video</button>
      <p role="status">{status}</p>
      {video && <video src={video} controls muted />}
    </form>
  );
}
