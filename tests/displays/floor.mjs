/* Holds files to Chromium 65: prints a line for each piece of syntax, interface or style that is younger. Run: node floor.mjs FILE... */

import fs from 'node:fs';
import { createRequire } from 'node:module';

const ts = createRequire(import.meta.url)('typescript');
const ALLOWED = /floor: guarded/;

/** Names that Chromium 65 does not know, with the version that brought them. */
const GLOBALS = {
  globalThis: 71, AbortController: 66, AbortSignal: 66, queueMicrotask: 71, structuredClone: 98, WeakRef: 84, FinalizationRegistry: 84,
  BigInt: 67, BigInt64Array: 67, BigUint64Array: 67, AggregateError: 85, CompressionStream: 80, DecompressionStream: 80, TransformStream: 67,
  CSSStyleValue: 66, CSSUnitValue: 66, ReportingObserver: 69, WebTransport: 97, OffscreenCanvas: 69, TextDecoderStream: 71,
  navigation: 102, scheduler: 94, reportError: 95, crossOriginIsolated: 87, trustedTypes: 83, caretPositionFromPoint: 128,
  EyeDropper: 95, IdleDetector: 94, Highlight: 105, LaunchQueue: 102, CookieStore: 87, cookieStore: 87, showOpenFilePicker: 86, Iterator: 122,
};

const MEMBERS = {
  flat: 69, flatMap: 69, matchAll: 73, trimStart: 66, trimEnd: 66, replaceAll: 85, at: 92, allSettled: 76, any: 85, fromEntries: 73,
  hasOwn: 93, replaceChildren: 86, toggleAttribute: 69, randomUUID: 92, findLast: 97, findLastIndex: 97, toSorted: 110, toReversed: 110,
  toSpliced: 110, with: 110, groupBy: 117, withResolvers: 119, getAnimations: 84, commitStyles: 84, isWellFormed: 111, 
  formatRange: 76, wakeLock: 84, databases: 71, attachInternals: 77, startViewTransition: 111, getHTML: 125,
  setHTMLUnsafe: 124, checkVisibility: 105, scheduler: 94, requestSubmit: 76, showPopover: 114, togglePopover: 114,
  fullscreenElement: 71, requestFullscreen: 71, exitFullscreen: 71, adoptedStyleSheets: 73, 
  userAgentData: 90, deliveryType: 109, canParse: 120, timeout: 103, throwIfAborted: 100, description: 70,
  requestVideoFrameCallback: 83, setAppBadge: 81, share: 89, clipboard: 66, keyboard: 68, RelativeTimeFormat: 71, ListFormat: 72,
  Segmenter: 87, DisplayNames: 81, Locale: 74, supportedValuesOf: 99, waitAsync: 87,
};
/** Words that are also anybody's property names: only a call counts. */
const CALLED = ['at', 'with', 'any', 'timeout', 'share', 'description', 'keyboard', 'navigation'];
const OPTIONS = { dateStyle: 76, timeStyle: 76, hourCycle: 73, notation: 77, signDisplay: 77, unitDisplay: 77, currencySign: 77, dayPeriod: 92, fractionalSecondDigits: 84, keepalive: 66, priority: 101, };
const UNITS = /(^|[^\w-])-?[\d.]+(dvh|dvw|svh|svw|lvh|lvw|dvmin|dvmax|cqw|cqh|cqi|cqmin|cqmax|lh|rlh|cap|rcap)\b/;
const FUNCTIONS = /(^|[^\w-])(clamp|min|max|round|mod|rem|sin|cos|abs|sign|env|color-mix|color|oklch|oklab|lab|lch|hwb|conic-gradient|repeating-conic-gradient|image-set|cross-fade|light-dark|path|ray|linear)\(/;
const PROPERTIES = /^(inset(-.+)?|gap|row-gap|column-gap|aspect-ratio|accent-color|backdrop-filter|content-visibility|contain-intrinsic.*|container(-.+)?|line-clamp|mask(-.+)?|margin-(inline|block).*|padding-(inline|block).*|border-(inline|block|start|end).*|(inline|block|min-inline|max-inline|min-block|max-block)-size|overflow-(inline|block)|overscroll-behavior-(inline|block)|rotate|scale|translate|offset-(path|anchor|position)|text-wrap.*|text-decoration-thickness|text-underline-offset|text-underline-position|scroll-(snap|margin|padding|timeline).*|scrollbar-.+|view-transition-.+|animation-timeline|font-(palette|synthesis-.+|size-adjust|variant-emoji)|forced-color-adjust|color-scheme|appearance|hyphenate-.+|initial-letter|math-.+|print-color-adjust|white-space-collapse|field-sizing|anchor-.+|position-(anchor|area|try).*|interpolate-size|overlay|corner-shape|text-box.*|baseline-source|object-view-box)$/;
const SELECTORS = /:(is|where|has|not\([^)]*,|focus-visible|modal|popover-open|open|user-valid|user-invalid|dir|state|fullscreen|picture-in-picture|autofill|marker|part|nth-child\([^)]* of )|::(part|marker|highlight|details-content|view-transition)/;
const RULES = /^@(layer|container|property|starting-style|scope|counter-style|view-transition|position-try|font-feature-values|font-palette-values|function|when|else)\b/;

export function faultsOf(name, text) {
  return name.endsWith('.css') ? faultsOfStyle(text) : faultsOfScript(name, text);
}

function faultsOfScript(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const lines = text.split('\n');
  const faults = (source.parseDiagnostics || []).map((fault) => fault.messageText.toString());
  const blame = (node, what) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    if (!ALLOWED.test(lines[line])) faults.push(line + 1 + ': ' + what);
  };
  const visit = (node) => { judge(node, blame); ts.forEachChild(node, visit); };
  visit(source);
  return faults;
}

function judge(node, blame) {
  const kind = ts.SyntaxKind;
  if (node.questionDotToken) blame(node, '?. (Chromium 80)');
  if (node.kind === kind.BinaryExpression) {
    const operator = node.operatorToken.kind;
    if (operator === kind.QuestionQuestionToken) blame(node, '?? (Chromium 80)');
    if ([kind.QuestionQuestionEqualsToken, kind.BarBarEqualsToken, kind.AmpersandAmpersandEqualsToken].includes(operator)) blame(node, 'logical assignment (Chromium 85)');
    if (operator === kind.InKeyword && ts.isPrivateIdentifier(node.left)) blame(node, '#x in (Chromium 91)');
  }
  if (node.kind === kind.CatchClause && !node.variableDeclaration) blame(node, 'catch without a binding (Chromium 66)');
  if (node.kind === kind.PropertyDeclaration) blame(node, 'a class field (Chromium 72)');
  if (node.kind === kind.PrivateIdentifier) blame(node, 'a private name (Chromium 74)');
  if (node.kind === kind.ClassStaticBlockDeclaration) blame(node, 'a static block (Chromium 94)');
  if (node.kind === kind.BigIntLiteral) blame(node, 'BigInt (Chromium 67)');
  if (node.kind === kind.NumericLiteral && /_/.test(node.getText())) blame(node, 'a numeric separator (Chromium 75)');
  if (node.kind === kind.NamespaceExport) blame(node, 'export * as (Chromium 72)');
  if (node.kind === kind.ImportAttributes) blame(node, 'import attributes (Chromium 123)');
  if (node.kind === kind.RegularExpressionLiteral && /[dv]/.test(node.text.slice(node.text.lastIndexOf('/')))) blame(node, 'a regular expression flag (Chromium 90)');
  if (node.kind === kind.AwaitExpression && atTop(node)) blame(node, 'top-level await (Chromium 89)');
  if (node.kind === kind.ForOfStatement && node.awaitModifier && atTop(node)) blame(node, 'top-level await (Chromium 89)');
  if (ts.isPropertyAccessExpression(node) && known(MEMBERS, node.name.text) && counts(node)) blame(node, '.' + node.name.text + ' (Chromium ' + MEMBERS[node.name.text] + ')');
  if (ts.isPropertyAssignment(node) && known(OPTIONS, node.name.text)) blame(node, 'the option ' + node.name.text + ' (Chromium ' + OPTIONS[node.name.text] + ')');
  if (ts.isIdentifier(node) && known(GLOBALS, node.text) && !isName(node)) blame(node, node.text + ' (Chromium ' + GLOBALS[node.text] + ')');
}

function counts(node) {
  return !CALLED.includes(node.name.text) || ts.isCallExpression(node.parent) && node.parent.expression === node;
}

/** @returns whether a table names a thing that is too young */
function known(table, name) {
  return typeof name === 'string' && Object.prototype.hasOwnProperty.call(table, name) && table[name] > 0;
}

function isName(node) {
  const parent = node.parent;
  return (ts.isPropertyAccessExpression(parent) && parent.name === node && !/^(window|self)$/.test(parent.expression.getText())) || ts.isPropertyAssignment(parent) && parent.name === node;
}

function atTop(node) {
  for (let up = node.parent; up; up = up.parent) if (ts.isFunctionLike(up)) return false;
  return true;
}

/* Style is read with a small reader of our own: rules nest in at-rules, never in rules. */
function faultsOfStyle(text) {
  const bare = text.replace(/\/\*[^]*?\*\//g, (comment) => (ALLOWED.test(comment) ? '/*ok*/' : '') + comment.replace(/[^\n]/g, ' '));
  const faults = [];
  let start = 0;
  let supports = [];
  const lineOf = (at) => bare.slice(0, at).split('\n').length;
  for (let at = 0; at < bare.length; at += 1) {
    const sign = bare[at];
    if (sign !== '{' && sign !== '}' && sign !== ';') continue;
    const piece = bare.slice(start, at).trim();
    const line = lineOf(start + (bare.slice(start, at).length - bare.slice(start, at).trimStart().length));
    const guarded = supports.some(Boolean) || /\/\*ok\*\//.test(bare.split('\n')[lineOf(at) - 1]);
    if (sign === '{') {
      if (RULES.test(piece)) faults.push(line + ': ' + piece);
      else if (!guarded && !piece.startsWith('@') && SELECTORS.test(piece)) faults.push(line + ': the selector ' + piece);
      if (!piece.startsWith('@') && /(^|\s|,)&/.test(piece)) faults.push(line + ': nesting (Chromium 112)');
      if (!piece.startsWith('@') && supports.length && supports[supports.length - 1] === null) faults.push(line + ': nesting (Chromium 112)');
      supports.push(piece.startsWith('@supports') ? true : piece.startsWith('@') ? false : null);
    } else if (piece && !guarded && piece.includes(':')) {
      faults.push(...faultsOfDeclaration(piece).map((what) => line + ': ' + what));
    }
    if (sign === '}') supports.pop();
    start = at + 1;
  }
  return faults;
}

function faultsOfDeclaration(piece) {
  const property = piece.slice(0, piece.indexOf(':')).trim();
  const value = piece.slice(piece.indexOf(':') + 1);
  const faults = [];
  if (PROPERTIES.test(property)) faults.push('the property ' + property);
  if (FUNCTIONS.test(value)) faults.push('a function in ' + piece);
  if (UNITS.test(value)) faults.push('a unit in ' + piece);
  if (property === 'overflow' && /\bclip\b/.test(value)) faults.push('overflow: clip (Chromium 90)');
  if (property === 'overflow-wrap' && /anywhere/.test(value)) faults.push('overflow-wrap: anywhere (Chromium 80)');
  if (property === 'width' && /\b(fit-content)\(/.test(value)) faults.push('fit-content()');
  return faults;
}

let failed = false;
for (const file of process.argv.slice(2)) {
  for (const fault of faultsOf(file, fs.readFileSync(file, 'utf8'))) {
    failed = true;
    console.log(file + ':' + fault);
  }
}
process.exitCode = failed ? 1 : 0;
