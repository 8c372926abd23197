// Stands where Tauri's own script stands in the window: carries commands to the host and
// topics back. It answers nothing itself.
(() => {
  const callbacks = new Map();
  let next = 1;
  const invoke = async (name, args, options) => {
    if (name === 'plugin:event|listen') {
      const events = new EventSource('/topics');
      const handler = callbacks.get(args.handler);
      events.onmessage = (message) =>
        handler({ event: args.event, id: args.handler, payload: JSON.parse(message.data) });
      // A browser keeps the pages it left, and with them what they have open.
      addEventListener('pagehide', () => events.close());
      await new Promise((resolve) => (events.onopen = resolve));
      return args.handler;
    }
    const raw = args instanceof Uint8Array || args instanceof ArrayBuffer;
    const reply = await fetch(`/invoke/${name}`, {
      method: 'POST',
      headers: raw ? options.headers : { 'content-type': 'application/json' },
      body: raw ? args : JSON.stringify(args),
    });
    const json = (reply.headers.get('content-type') ?? '').startsWith('application/json');
    const answer = json ? await reply.json() : await reply.arrayBuffer();
    if (!reply.ok) throw answer;
    return answer;
  };
  window.__TAURI_INTERNALS__ = {
    invoke,
    transformCallback(callback) {
      const id = next++;
      callbacks.set(id, callback);
      return id;
    },
    unregisterCallback(id) {
      callbacks.delete(id);
    },
  };
})();
