/* Prints as JSON what files say in the shopper's language: each call of t() and n() with its literals, or what is wrong with it. Run: node words.mjs FILE... */

import fs from 'node:fs';
import { createRequire } from 'node:module';

const ts = createRequire(import.meta.url)('typescript');
const LITERALS = { t: 1, n: 2 };

function callsOf(file) {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const names = imported(source);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && names.has(node.expression.text)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ file, line, ...saidBy(node, names.get(node.expression.text)) });
    } else if (ts.isIdentifier(node) && names.has(node.text) && isValue(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ file, line, fault: `${node.text} is handed on, so that nobody knows what it will say` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What this file calls t and n of words.js, by its own names. */
function imported(source) {
  const names = new Map();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.moduleSpecifier.text.endsWith('/words.js')) continue;
    for (const one of statement.importClause?.namedBindings?.elements || []) {
      const original = (one.propertyName || one.name).text;
      if (original in LITERALS) names.set(one.name.text, original);
    }
  }
  return names;
}

/** Whether an identifier is used as a value: neither called, nor imported, nor a name of something else. */
function isValue(node) {
  const parent = node.parent;
  if (ts.isCallExpression(parent)) return parent.arguments.includes(node);
  return ts.isVariableDeclaration(parent) ? parent.initializer === node : ts.isPropertyAssignment(parent) && parent.initializer === node;
}

function saidBy(node, kind) {
  const said = node.arguments.slice(0, LITERALS[kind]);
  const fault = said.length < LITERALS[kind] || !said.every(ts.isStringLiteralLike);
  return fault ? { kind, fault: `${kind}() is called with what is no literal` } : { kind, said: said.map((one) => one.text) };
}

process.stdout.write(JSON.stringify(process.argv.slice(2).flatMap(callsOf)));
