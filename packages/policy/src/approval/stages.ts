import { ROLES, type SelectorKind } from '../words.ts'
import { StagesInvalid } from './errors.ts'

/**
 * Whose votes a stage counts. `anyone`: everybody who may answer at all. A person counts by `id`; one that is only read from
 * text has none yet, and nobody is that person. The others have no id.
 */
export interface Selector {
  readonly kind: SelectorKind
  readonly name: string
  readonly id: string | null
}

/** Takes everybody who may answer at all. */
export const ANYONE: Selector = { kind: 'anyone', name: 'anyone', id: null }

/** So many votes, each of somebody whom one of the selectors takes. */
export interface Stage {
  readonly need: number
  readonly of: readonly Selector[]
}

/** What an approval needs where nothing else was said. */
export const ONE_OF_ANYONE: readonly Stage[] = [{ need: 1, of: [ANYONE] }]

const MOST_STAGES = 8
const MOST_SELECTORS = 16
const MOST_VOTES = 20
const LONGEST_TEXT = 2048
const STAGE = /^(\d{1,4})\s+of\s+(.+)$/i
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,127}$/u

/**
 * Reads stages as people write them: `2 of group:finance then 1 of group:security or person:dana`. Stages are passed one
 * after the other, each by votes of different people. Throws StagesInvalid, which names the stage and what is wrong.
 */
export function parseStages(text: string): readonly Stage[] {
  if (text.length > LONGEST_TEXT) throw new StagesInvalid(`it is longer than ${LONGEST_TEXT} characters`)
  const parts = text.trim().split(/\s+then\s+/i)
  if (parts.length > MOST_STAGES) throw new StagesInvalid(`it has more than ${MOST_STAGES} stages`)
  return parts.map((part, index) => stageIn(part, index + 1))
}

/** The text that `parseStages` reads as these stages. */
export function stagesText(stages: readonly Stage[]): string {
  return stages.map(({ need, of }) => `${need} of ${of.map(selectorText).join(' or ')}`).join(' then ')
}

/** One selector as it is written: `group:finance`, `anyone`. */
export function selectorText(selector: Selector): string {
  return selector.kind === 'anyone' ? 'anyone' : `${selector.kind}:${selector.name}`
}

/** Reads selectors with `or` between them. Throws StagesInvalid; `where` begins its message. */
export function parseSelectors(text: string, where: string): readonly Selector[] {
  const names = text.trim().split(/\s+or\s+/i)
  if (names.length > MOST_SELECTORS) throw new StagesInvalid(`${where} names more than ${MOST_SELECTORS}`)
  const selectors = names.map((name) => selectorIn(name, where))
  const written = selectors.map(selectorText)
  const twice = written.find((name, at) => written.indexOf(name) < at)
  if (twice !== undefined) throw new StagesInvalid(`${where} names ${twice} twice`)
  return selectors
}

function stageIn(text: string, number: number): Stage {
  const where = `stage ${number}`
  const [, count = '', selectors = ''] =
    STAGE.exec(text.trim()) ?? fail(`${where} is not "COUNT of SELECTOR", such as "2 of group:finance"`)
  const need = Number(count)
  if (need < 1) throw new StagesInvalid(`${where} needs no vote at all`)
  if (need > MOST_VOTES) throw new StagesInvalid(`${where} needs more than ${MOST_VOTES} votes`)
  const of = parseSelectors(selectors, where)
  const onlyPersons = of.every(({ kind }) => kind === 'person')
  if (onlyPersons && need > of.length)
    throw new StagesInvalid(`${where} needs ${need} votes of ${of.length} named: nobody can pass it`)
  return { need, of }
}

function selectorIn(text: string, where: string): Selector {
  if (text === ANYONE.name) return ANYONE
  const colon = text.indexOf(':')
  const kind = text.slice(0, colon)
  const name = text.slice(colon + 1).normalize('NFC')
  if (colon < 0 || (kind !== 'group' && kind !== 'person' && kind !== 'role'))
    throw new StagesInvalid(`${where} has "${shown(text)}", not group:NAME, person:NAME, role:NAME or anyone`)
  if (!NAME.test(name))
    throw new StagesInvalid(`${where} has a ${kind} whose name is not one: "${shown(name)}"`)
  if (kind === 'role' && !ROLES.some((known) => known === name))
    throw new StagesInvalid(`${where} has the role "${shown(name)}"; roles are ${ROLES.join(', ')}`)
  return { kind, name, id: null }
}

function fail(reason: string): never {
  throw new StagesInvalid(reason)
}

function shown(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64).toWellFormed()}…` : text
}
