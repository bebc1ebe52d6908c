// Watch a run while it renders: show the player as soon as there is something to play.
document.addEventListener("DOMContentLoaded", () => {
  const HLS = "application/vnd.apple.mpegurl";

  // hls.js plays growing streams with a sound of their own in every browser that has media sources;
  // what some browsers have built in stops at the first end of the playlist.
  const borrowed = (box) => new Promise((done, failed) => {
    if (!window.MediaSource && !window.ManagedMediaSource) return failed();
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
      let run = null;
      try {
        const answer = await fetch(box.dataset.run, { headers: { Accept: "application/json" } });
        if (answer.status === 404) return;
        if (answer.ok) run = await answer.json();
      } catch {
        // The server is away for a moment: look again.
      }
      if (run && run.stream) play(box, video, url);
      else if (!run || !run.ended_at) setTimeout(look, run ? 500 : 2000);
    };
    look();
  }
});
