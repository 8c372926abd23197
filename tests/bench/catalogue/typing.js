// Notes when a key came, when the engine was asked and answered for the text that it made,
// when the list for it (or its echo) was made, and when that was painted.
window.bench = (() => {
  const field = document.querySelector('input[type=search]')
  const box = document.createElement('div')
  const echo = document.createElement('input')
  const shown = document.createTextNode('')
  echo.id = 'bench-echo'
  Object.assign(box.style, { position: 'fixed', bottom: '0', right: '0', zIndex: '9999', background: '#fff' })
  box.append(echo, shown)
  // Outside of what Yew draws.
  document.documentElement.append(box)
  echo.addEventListener('input', () => { shown.data = echo.value })

  let wait = null
  const note = name => { if (wait && !(name in wait.at)) wait.at[name] = performance.now() }
  const tell = () => {
    if (wait && wait.tell && wait.over) wait.tell(wait.at)
  }

  for (const name of ['keydown', 'beforeinput', 'input']) {
    addEventListener(name, () => note('key'), { capture: true })
  }

  const fetched = window.fetch
  window.fetch = async (...call) => {
    const body = call[1] && call[1].body
    const mine = wait
    const asks = mine && mine.kind === 'search' && String(call[0]).includes('search_guides') &&
      JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)).request.query === mine.text
    if (!asks) return fetched(...call)
    note('asked')
    const reply = await fetched(...call)
    if (wait === mine) note('answered')
    return reply
  }

  const isMade = () => wait.kind === 'echo'
    ? shown.data === wait.text
    : 'answered' in wait.at && field.value === wait.text && !document.querySelector('.search-busy')

  new MutationObserver(() => {
    if (!wait || 'made' in wait.at || !('key' in wait.at) || !isMade()) return
    note('made')
    requestAnimationFrame(() => {
      // What is drawn in this frame is painted before the next task.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        note('painted')
        wait.over = true
        tell()
      }
      port2.postMessage(0)
    })
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })

  return {
    expect: (kind, text) => { wait = { kind, text, at: {}, over: false } },
    noted: callback => {
      wait.tell = callback
      const mine = wait
      setTimeout(() => { mine.over = true; callback(mine.at) }, 5000)
      tell()
    }
  }
})()
