// Checks requests to GitHub's API, and answers, against GitHub's own description of its REST API and
// its published GraphQL schema.
//
//   node check.mjs < exchanges.jsonl
//
// Each line is one exchange: {"method", "path", "body"?, "status"?, "type"?, "answer"?}. `path` is
// what follows the REST root, query and all; `/graphql` is GraphQL. `body` and `answer` are the JSON
// themselves; an answer that is not JSON is left out and its media type given as `type`. Without
// `status` only the request is checked.
//
// Prints one JSON object: {"checked", "operations", "problems"}. The exit code is 1 if there are any
// problems.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import {
  buildSchema, execute, getOperationAST, getVariableValues, parse, validate, GraphQLError,
} from 'graphql';

const modules = new URL('node_modules/', import.meta.url);
const read = (name) => readFileSync(new URL(name, modules), 'utf8');

const description = JSON.parse(read('@octokit/openapi/generated/api.github.com.json'));
// it defines a field twice, which is its own affair
const schema = buildSchema(read('@octokit/graphql-schema/schema.graphql'), { assumeValidSDL: true });

// OpenAPI 3.0 says `nullable` where JSON Schema has another type. The description says `oneOf` where
// several fit (an error is a rule violation too, as all members of both are optional).
const translated = (node) => {
  if (Array.isArray(node)) return node.map(translated);
  if (node === null || typeof node !== 'object') return node;
  const { nullable, example, examples, discriminator, ...rest } = node;
  const made = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key === 'oneOf' ? 'anyOf' : key,
      key === 'enum' ? value : translated(value),
    ]),
  );
  return nullable === true ? { anyOf: [made, { type: 'null' }] } : made;
};

const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false });
addFormats(ajv);
ajv.addSchema({ $id: 'github', components: translated(description.components) });

const resolved = (node) => {
  let found = node;
  while (found?.$ref) {
    const parts = found.$ref.split('/').slice(1);
    found = parts.reduce((at, part) => at[part.replaceAll('~1', '/')], description);
  }
  return found;
};

const absolute = (node) => JSON.parse(JSON.stringify(translated(node)).replaceAll('"#/', '"github#/'));
const compiled = new Map();
const validator = (key, node) => {
  if (!compiled.has(key)) compiled.set(key, ajv.compile(absolute(node)));
  return compiled.get(key);
};

const templates = Object.keys(description.paths).map((path) => ({ path, parts: path.split('/').slice(1) }));
const isName = (part) => part.startsWith('{');

// The template that a path means: the one with most literal parts. The last name of a template takes
// all that is left, for branches and files in folders.
const templateOf = (path) => {
  const given = path.split('/').slice(1);
  const parts = given[0] === 'repositories' ? ['repos', '-', ...given.slice(1)] : given;
  const fits = templates.filter(({ parts: wanted }) =>
    (wanted.length === parts.length
      || (parts.length > wanted.length && wanted.length > 3 && isName(wanted.at(-1))))
    && wanted.every((part, index) => isName(part) || part === parts[index]));
  const literal = ({ parts: wanted }) => wanted.filter((part) => !isName(part)).length;
  const best = fits.sort((one, two) => literal(two) - literal(one) || two.parts.length - one.parts.length)[0];
  if (!best) return undefined;
  const values = {};
  best.parts.forEach((part, index) => {
    if (!isName(part)) return;
    const last = index === best.parts.length - 1;
    values[part.slice(1, -1)] = decodeURIComponent(last ? parts.slice(index).join('/') : parts[index]);
  });
  return { template: best.path, values };
};

const typed = (text, node) => {
  const kind = resolved(node)?.type;
  if (kind === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (kind === 'boolean' && ['true', 'false'].includes(text)) return text === 'true';
  return text;
};

const told = (check, where) => check.errors.map((error) => `${where}${error.instancePath} ${error.message}`);

const restRequest = (exchange, operation, found, key) => {
  const problems = [];
  const query = new URLSearchParams(exchange.path.split('?')[1] ?? '');
  const parameters = (operation.parameters ?? []).map(resolved);
  const known = new Set(parameters.filter((p) => p.in === 'query').map((p) => p.name));
  for (const name of query.keys()) {
    if (!known.has(name)) problems.push(`the query parameter ${name} is unknown`);
  }
  for (const parameter of parameters) {
    const text = parameter.in === 'path' ? found.values[parameter.name] : query.get(parameter.name);
    if (text === null || text === undefined) {
      if (parameter.required && parameter.in === 'query') problems.push(`${parameter.name} is missing`);
      continue;
    }
    const check = validator(`${key} ${parameter.in} ${parameter.name}`, parameter.schema ?? {});
    if (!check(typed(text, parameter.schema))) problems.push(...told(check, parameter.name));
  }
  const content = resolved(operation.requestBody)?.content?.['application/json']?.schema;
  if (exchange.body === undefined || exchange.body === null) {
    if (resolved(operation.requestBody)?.required) problems.push('the body is missing');
  } else if (!content) {
    problems.push('there must be no body');
  } else {
    const check = validator(`${key} body`, content);
    if (!check(exchange.body)) problems.push(...told(check, 'body'));
    const properties = resolved(content).properties;
    for (const name of properties ? Object.keys(exchange.body) : []) {
      if (!(name in properties)) problems.push(`body/${name} is unknown`);
    }
  }
  return problems;
};

// What every endpoint may answer, whether or not its description says so.
const general = ['301', '304', '307', '400', '401', '403', '404', '409', '422', '429'];

const restAnswer = (exchange, operation, key) => {
  if (exchange.status === undefined) return [];
  const status = String(exchange.status);
  const response = resolved(operation.responses[status]);
  if (!response && !general.includes(status)) return [`the status ${status} is not described`];
  const content = response?.content ?? {};
  const kinds = Object.keys(content);
  if (exchange.answer === undefined) {
    // raw content is described in words only
    const described = !exchange.type || exchange.type.includes('vnd.github.raw')
      || kinds.some((kind) => exchange.type.startsWith(kind));
    return described ? [] : [`the media type ${exchange.type} is not described`];
  }
  const error = { $ref: '#/components/schemas/basic-error' };
  const node = content['application/json']?.schema ?? (Number(status) >= 300 ? error : undefined);
  // GitHub answers with the object media type where a path is a file, too
  const check = validator(`${key} ${status}`, node ?? { not: {} });
  return check(exchange.answer) ? [] : told(check, 'answer');
};

const rest = (exchange) => {
  const found = templateOf(exchange.path.split('?')[0]);
  if (!found) return { problems: ['no such path'] };
  const item = description.paths[found.template];
  const operation = item[exchange.method.toLowerCase()];
  const key = `${exchange.method} ${found.template}`;
  if (!operation) return { key, problems: ['no such method on this path'] };
  const whole = { ...operation, parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])] };
  return {
    key,
    problems: [...restRequest(exchange, whole, found, key), ...restAnswer(exchange, whole, key)],
  };
};

// Scalars of GitHub's are texts to the library; here they have their form.
const form = {
  GitObjectID: /^[0-9a-f]{40}$/,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/,
  GitTimestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/,
  URI: /^https?:\/\/\S+$/,
  Base64String: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  GitRefname: /^refs\/\S+$/,
};
for (const [name, shape] of Object.entries(form)) {
  const checked = (value) => {
    if (typeof value !== 'string' || !shape.test(value)) throw new GraphQLError(`${value} is not a ${name}`);
    return value;
  };
  const scalar = schema.getType(name);
  scalar.serialize = checked;
  scalar.parseValue = checked;
}

const ordered = (value) => JSON.stringify(value, (_key, inner) => (
  inner !== null && typeof inner === 'object' && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([one], [two]) => (one < two ? -1 : 1)))
    : inner));

const graphql = (exchange) => {
  const { query, variables, operationName } = exchange.body ?? {};
  const key = 'POST /graphql';
  if (exchange.method !== 'POST' || typeof query !== 'string') {
    return { key, problems: ['GraphQL is a POST with a query'] };
  }
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { key, problems: [error.message] };
  }
  const problems = validate(schema, document).map((error) => error.message);
  const operation = getOperationAST(document, operationName);
  if (!operation) problems.push('operationName names no operation');
  if (problems.length > 0) return { key, problems };
  const given = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (given.errors) return { key, problems: given.errors.map((error) => error.message) };
  if (exchange.answer === undefined) return { key, problems };
  if (exchange.answer.errors && !Array.isArray(exchange.answer.errors)) problems.push('errors is not a list');
  const failed = (exchange.answer.errors ?? []).map((error) => JSON.stringify(error.path));
  if ((exchange.answer.errors ?? []).some((error) => typeof error.message !== 'string')) {
    problems.push('an error has no message');
  }
  if (!exchange.answer.data) return { key, problems };
  // the answer is executed against the schema: what comes out must be what went in
  const again = execute({
    schema,
    document,
    operationName,
    variableValues: variables ?? {},
    rootValue: exchange.answer.data,
    fieldResolver: (source, _arguments, _context, info) => source[info.path.key],
    typeResolver: (value) => value.__typename,
  });
  for (const error of again.errors ?? []) {
    const known = failed.some((path) => JSON.stringify(error.path).startsWith(path.slice(0, -1)));
    if (!known) problems.push(`answer/${(error.path ?? []).join('/')} ${error.message}`);
  }
  if (!again.errors && ordered(again.data) !== ordered(exchange.answer.data)) {
    problems.push('the answer has other types, or other fields, than the schema says');
  }
  return { key, problems };
};

const problems = [];
const operations = new Set();
let checked = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const exchange = JSON.parse(line);
  const found = exchange.path === '/graphql' ? graphql(exchange) : rest(exchange);
  checked += 1;
  if (found.key) operations.add(found.key);
  for (const problem of found.problems) {
    problems.push(`${exchange.method} ${exchange.path} ${exchange.status ?? ''}: ${problem}`);
  }
}
console.log(JSON.stringify({ checked, operations: [...operations].sort(), problems }));
process.exitCode = problems.length > 0 ? 1 : 0;
