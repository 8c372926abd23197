// Looks at the page as it is drawn and answers, in words, what somebody could not see, read,
// reach or press. `arguments[0]` is the least side of what is pressed, in pixels.
const touch = arguments[0];
const faults = [];
const style = (element, part) => getComputedStyle(element, part);
const all = (selector) => [...document.querySelectorAll(selector)];
const modal = document.querySelector('dialog[open]');

const name = (element) => {
  const words = (element.getAttribute('aria-label') || element.textContent || '').trim();
  const own = element.id ? `#${element.id}` : `.${[...element.classList].join('.')}`;
  return `${element.tagName.toLowerCase()}${own} “${words.slice(0, 24)}”`;
};
const shown = (element) =>
  element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
  !element.closest('.unseen');

// Nothing is wider than the window.
const root = document.scrollingElement;
if (root.scrollWidth > root.clientWidth) {
  const wide = all('body *').filter(
    (element) => shown(element) && element.getBoundingClientRect().right > root.clientWidth + 1,
  );
  faults.push(`scrolls sideways: ${wide.slice(0, 3).map(name).join(', ')}`);
}
for (const element of all('body *')) {
  const { overflowX, textOverflow } = style(element);
  const hidden = overflowX === 'hidden' || overflowX === 'clip';
  if (hidden && shown(element) && textOverflow !== 'ellipsis' && element.clientWidth > 1
    && element.scrollWidth > element.clientWidth + 1) {
    faults.push(`is cut off: ${name(element)}`);
  }
}

// Every text stands out from its ground by 4.5:1.
const channels = (colour) => {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  // Mixed colours are given in parts of one.
  const whole = colour.startsWith('color(') ? 255 : 1;
  return [red * whole, green * whole, blue * whole, alpha];
};
const over = ([r, g, b, a], [R, G, B]) => [r, g, b].map((c, i) => c * a + [R, G, B][i] * (1 - a));
// All colours that the ground of an element has: several where it is a gradient.
const grounds = (element) => {
  if (!element) {
    return [matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255]];
  }
  const { backgroundColor, backgroundImage, backgroundSize } = style(element);
  const colour = channels(backgroundColor);
  const below = colour[3] === 1 ? [colour.slice(0, 3)] : grounds(element.parentElement).map((g) => over(colour, g));
  // One of a size of its own is a picture beside the text, such as the arrow of a list.
  const gradient = backgroundSize === 'auto' ? backgroundImage : '';
  const stops = (gradient.match(/(rgba?|color)\([^()]*\)/g) ?? []).map(channels);
  return stops.length ? stops.flatMap((stop) => below.map((g) => over(stop, g))) : below;
};
const luminance = (colour) => {
  const [r, g, b] = colour.map((c) => {
    const part = c / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const faded = (element) => {
  let opacity = 1;
  for (let at = element; at; at = at.parentElement) opacity *= Number(style(at).opacity);
  return opacity;
};
const readable = (element, colour, what) => {
  const [r, g, b, a] = channels(colour);
  const opacity = a * faded(element);
  const ratios = grounds(element).map((below) => contrast(over([r, g, b, opacity], below), below));
  const ratio = Math.min(...ratios);
  if (ratio < 4.5) faults.push(`${what} stands out by ${ratio.toFixed(2)}:1 only: ${name(element)}`);
};
const seen = new Set();
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  const words = texts.currentNode.data.trim();
  if (!words || !shown(element) || ['OPTION', 'SCRIPT', 'STYLE'].includes(element.tagName)) continue;
  if (/^[a-z]+(-[a-z0-9]+)+$/.test(words) || words.includes('{ $')) {
    faults.push(`shows the key of a message: ${words}`);
  }
  // Whatever cannot be used now may stand back.
  if (seen.has(element) || element.closest(':disabled, [aria-disabled="true"]')) continue;
  seen.add(element);
  readable(element, style(element).color, 'text');
}
for (const field of all('input, textarea, select')) {
  if (!shown(field) || field.disabled) continue;
  if (field.placeholder) readable(field, style(field, '::placeholder').color, 'placeholder');
  if (field.value && !/checkbox|radio|file/.test(field.type)) readable(field, style(field).color, 'what is written');
}

// Everything that is pressed is large enough for a thumb.
const grown = (element) => {
  const { width, height } = element.getBoundingClientRect();
  const parts = ['::before', '::after']
    .map((part) => style(element, part))
    .filter((part) => part.content !== 'none' && part.position === 'absolute')
    .map((part) => [parseFloat(part.width) || 0, parseFloat(part.height) || 0]);
  return [[width, height], ...parts];
};
const pressed = all(
  'a[href], button, input, select, textarea, summary, [role=button], label[for], label:has(input)',
);
for (const element of pressed) {
  if (!shown(element) || (modal && !modal.contains(element))) continue;
  // Words over a field that is large itself are no target of their own.
  const control = element.tagName === 'LABEL' ? element.control : null;
  if (control && control.getBoundingClientRect().height >= touch) continue;
  const sizes = [element, ...(element.labels ?? [])].flatMap(grown);
  if (!sizes.some(([width, height]) => width >= touch - 0.5 && height >= touch - 0.5)) {
    const [width, height] = sizes[0].map((side) => Math.round(side));
    faults.push(`is pressed at ${width}×${height}: ${name(element)}`);
  }
}

// What is pressed last is not behind the bar at the foot.
const last = [...(modal ?? document).querySelectorAll('main a[href], main button, dialog button')]
  .filter((element) => shown(element) && !element.disabled)
  .at(-1);
if (last) {
  const before = all('*').map((element) => [element, element.scrollTop]);
  last.scrollIntoView({ block: 'nearest' });
  const { left, top, width, height } = last.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height - 2);
  if (there && !last.contains(there) && !there.contains(last)) {
    faults.push(`is behind ${name(there)}: ${name(last)}`);
  }
  // Whether the device is connected is seen wherever the page is scrolled to.
  const strip = document.querySelector('.strip');
  const { top: above, bottom } = strip?.getBoundingClientRect() ?? { top: 0, bottom: 1 };
  if (!modal && (above < 0 || bottom > innerHeight || bottom <= above)) {
    faults.push('scrolls the state of the network out of sight');
  }
  before.filter(([element, far]) => element.scrollTop !== far)
    .forEach(([element, far]) => (element.scrollTop = far));
}

// Everything has a name.
const named = (ids) =>
  (ids ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join('').trim();
for (const element of all('a[href], button, input, select, textarea, summary, [role], dialog')) {
  if (!element.checkVisibility() || element.closest('[aria-hidden="true"]')) continue;
  if (['status', 'alert', 'presentation', 'none', 'list'].includes(element.getAttribute('role'))) continue;
  const words =
    element.getAttribute('aria-label') ||
    named(element.getAttribute('aria-labelledby')) ||
    [...(element.labels ?? [])].map((label) => label.textContent).join('').trim() ||
    (element.tagName === 'FIELDSET' ? element.querySelector('legend')?.textContent : '') ||
    (/^(A|BUTTON|SUMMARY)$/.test(element.tagName) ? element.textContent.trim() : '') ||
    (element.closest('[role=search]') === element ? 'search' : '');
  if (!words) faults.push(`has no name: ${element.outerHTML.slice(0, 90)}`);
}
for (const picture of all('img:not([alt]), svg:not([aria-hidden="true"]):not([aria-label])')) {
  faults.push(`has no words for it: ${picture.outerHTML.slice(0, 60)}`);
}

// Ids are names of one thing, and lead somewhere.
const ids = all('[id]').map((element) => element.id);
for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
  faults.push(`two things have the id ${id}`);
}
for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
  for (const element of all(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
      if (!ids.includes(id)) faults.push(`${attribute} leads nowhere: ${id}`);
    }
  }
}

// The policy of the window allows no style of an element's own.
for (const element of all('[style]')) faults.push(`has a style of its own: ${name(element)}`);
if (all('h1').length !== 1) faults.push(`has ${all('h1').length} main headings`);
if (!document.title) faults.push('has no title');
// In another language only what the platform says is Chinese.
if (document.documentElement.lang === 'en') {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    // A name may stand within a sentence.
    if (/\p{Script=Han}/u.test(data) && !/[a-z]{3}/i.test(data) && !parentElement.closest('[lang]').lang.startsWith('zh')) {
      faults.push(`is not English: ${data.trim().slice(0, 40)}`);
    }
  }
}
return [...new Set(faults)];
