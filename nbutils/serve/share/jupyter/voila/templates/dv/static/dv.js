// The page around a notebook: what it shows while it opens, and how it leaves its kernel and notices its loss.

// anywidget waits two seconds for a part's script and then throws away all that the kernel ever tells that part
// (0.11.0, runtime.ts). Hundreds of parts on a busy computer take longer: here its limits are two minutes at least.
const within = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => within(Math.max(milliseconds, 120000));

// ipywidgets looks two seconds for a part, every tenth of a second, and then says that there is none, without a last
// look (8.1.9, manager-base.ts). On a busy computer parts arrive in that last tenth: here it looks once more.
{
  const lookOnceMore = (manager) => {
    const find = manager.get_model.bind(manager);
    manager.get_model = (id) => find(id).catch((error) => {
      if (!manager.has_model(id)) throw error;
      return find(id);
    });
  };

  const reach = (plugin) => {
    const activate = plugin.activate;
    plugin.activate = async (app, ...needed) => {
      const provided = await activate(app, ...needed);
      if (app.widgetManager) lookOnceMore(app.widgetManager);
      return provided;
    };
  };

  // Voila's plugin makes the manager of all parts before anything asks for one; its script enters it in this table.
  let entered;
  window._JUPYTERLAB = Object.defineProperty({}, "@voila-dashboards/widgets-manager8", {
    get: () => entered,
    set(script) {
      const open = async (name) => {
        const make = await script.get(name);
        return () => {
          const module = make();
          [module.default].flat().forEach(reach);
          return module;
        };
      };
      entered = { init: (...shared) => script.init(...shared), get: open };
    },
  });
}

window.dv = (() => {
  const PATIENCE = 15000; // ms after which the page is shown even if a widget is still on its way
  const LOOK = 15000; // ms between looks at the kernel
  const find = (id) => document.getElementById(id);
  let finished = false;

  function step(text, share) {
    const bar = find("dv-bar");
    if (!bar) return;
    find("dv-step").textContent = text;
    bar.setAttribute("aria-valuenow", Math.round(share * 100));
    bar.firstElementChild.style.width = `${share * 100}%`;
  }

  // Called with the output of each cell: `index` of `count` have run.
  function progress(index, count) {
    step(index < count ? `Running part ${index + 1} of ${count}` : "Drawing", (0.9 * index) / count);
  }

  // The kernel is at work on a long cell.
  function beat() {
    const line = find("dv-step");
    if (line && !line.textContent.endsWith("…")) line.textContent += " …";
  }

  // The server could not finish the page.
  function failed(sentence) {
    finished = true;
    show();
    notice(sentence);
  }

  function show() {
    find("dv-start")?.remove();
    const cells = find("rendered_cells");
    if (cells) cells.style.display = "";
    window.dispatchEvent(new Event("resize"));
  }

  function drawn() {
    if (document.querySelector('script[type="application/vnd.voila.cell-output+json"]')) return false;
    return ![...document.querySelectorAll(".jp-OutputArea-output")].some((area) =>
      area.textContent.startsWith("Loading widget"));
  }

  // Everything has been sent: show it once the widgets are drawn, so that nothing jumps.
  function written() {
    if (finished) return;
    finished = true;
    step("Drawing", 0.95);
    const end = performance.now() + PATIENCE;
    const look = () => {
      if (drawn() || performance.now() > end) show();
      else setTimeout(look, 30);
    };
    look();
  }

  function notice(sentence) {
    if (find("dv-notice")) return;
    const line = document.createElement("p");
    line.id = "dv-notice";
    line.className = "dv-sentence";
    line.setAttribute("role", "alert");
    const again = document.createElement("button");
    again.textContent = "Reload";
    again.addEventListener("click", () => location.reload());
    line.append(sentence, again);
    document.body.append(line);
  }

  const configuration = () => JSON.parse(find("jupyter-config-data")?.textContent ?? "{}");

  // The kernel ends with the page. "About to leave" is only a hint (a download says so, too); "left" is final.
  function tell(leaving) {
    const { baseUrl, kernelId } = configuration();
    if (!kernelId) return;
    const form = new FormData();
    form.append("_xsrf", document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "");
    if (leaving) form.append("leaving", "1");
    navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`, form);
  }
  window.addEventListener("beforeunload", (event) => {
    event.stopImmediatePropagation(); // the one that Voila adds later ends the kernel even if the page stays
    tell(true);
  }, true);
  window.addEventListener("pagehide", () => tell(false));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  async function look() {
    const { baseUrl, kernelId } = configuration();
    if (!kernelId || document.hidden) return;
    const answer = await fetch(`${baseUrl}api/kernels/${kernelId}`, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 404) {
      notice("The program behind this page has ended, after an error or because the page was away too long.");
    } else if (answer) {
      find("dv-lost")?.remove();
    } else if (!find("dv-lost")) {
      const line = document.createElement("p");
      line.id = "dv-lost";
      line.className = "dv-sentence";
      line.setAttribute("role", "status");
      line.textContent = "The server does not answer. The page goes on by itself when it does.";
      find("rendered_cells")?.before(line);
    }
  }
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", look);

  window.voila_process = progress;
  window.voila_finish = () => {};
  window.voila_heartbeat = beat;
  return { progress, beat, failed, written };
})();
