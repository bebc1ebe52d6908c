// Watch a run while it renders: show the player as soon as there is something to play.
document.addEventListener("DOMContentLoaded", () => {
  const HLS = "application/vnd.apple.mpegurl";

  // hls.js plays growing streams with a sound of their own in every browser that has media sources;
  // what some browsers have built in stops at the first end of the playlist.
  const borrowed = (box) => new Promise((done, failed) => {
    if (!window.MediaSource && !window.ManagedMediaSource) failed();
    const script = document.createElement("script");
    script.src = box.dataset.player;
    if (box.dataset.integrity) {
      script.integrity = box.dataset.integrity;
      script.crossOrigin = "anonymous";
    }
    script.onload = () => (window.Hls && window.Hls.isSupported() ? done(window.Hls) : failed());
    script.onerror = failed;
    setTimeout(failed, 5000);
    document.head.append(script);
  });

  const play = async (box, video, url) => {
    box.hidden = false;
    try {
      const Hls = await borrowed(box);
      const hls = new Hls({ startPosition: 0 });
      hls.loadSource(url);
      hls.attachMedia(video);
    } catch {
      if (video.canPlayType(HLS)) video.src = url;
      else box.querySelector("[data-no-player]").hidden = false;
    }
  };

  for (const box of document.querySelectorAll("[data-stream]")) {
    const video = box.querySelector("video");
    const url = box.dataset.stream;
    const look = async () => {
      const answer = await fetch(box.dataset.run, { headers: { Accept: "application/json" } });
      const run = await answer.json();
      if (run.stream) play(box, video, url);
      else if (!run.ended_at) setTimeout(look, 500);
    };
    look().catch(() => setTimeout(look, 2000));
  }
});
