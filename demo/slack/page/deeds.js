/** What a person does here, sent to the server. Each resolves with its answer, or `{error}` where none came. */
async function post(path, body) {
  try {
    const response = await fetch(`/page/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.ok ? await response.json() : { error: `HTTP ${response.status}` };
  } catch {
    return { error: 'server_unreachable' };
  }
}

export const command = (as, channel, name, text) =>
  post('command', { as, channel, command: name, text });

export const press = (as, { channel, ts }, blockId, actionId) =>
  post('press', { as, channel, ts, blockId, actionId });

export const say = (as, channel, text, threadTs) => post('say', { as, channel, text, threadTs });

export const dismiss = (as, ts) => post('dismiss', { as, ts });

export const submit = (as, id, values) => post('submit', { as, id, values });

export const closeModal = (as, id) => post('close-modal', { as, id });

export const openHome = (as) => post('home', { as });
