import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { inspect, type Place } from '@sallyport/inspection'

/** `npm run test:corpus`: how inspection does on the labelled cases of ../shared/corpora, by file and template. */
const FOLDER = join(import.meta.dirname, '../../../shared/corpora')

interface Case {
  readonly input: unknown
  readonly expected: 'block' | 'allow'
  readonly template?: string
}

const FILES: readonly (readonly [file: string, place: Place, what: string])[] = [
  ['secrets-noseyparker', 'arguments', 'examples of rules for secrets'],
  ['secrets-gitleaks', 'arguments', 'literals of rules; *clean* means not by that one rule'],
  ['secrets-secretlint', 'arguments', 'snapshots of rules'],
  ['injection-agentdojo', 'result', 'attacks in results of tools'],
  ['injection-bipia-in-context', 'result', 'plain goals in e-mails, tables and code'],
  ['injection-asb', 'result', 'plain goals'],
  ['tools-poisoned', 'tool', 'definitions of tools'],
  ['tools-benign', 'tool', 'real definitions of tools'],
  ['results-benign-docs', 'result', 'documents and configuration'],
  ['results-benign-docs', 'arguments', 'the same, written by an agent'],
  ['results-benign-bipia', 'result', 'clean e-mails, tables and questions'],
  ['results-benign-agentdojo', 'result', 'clean results of tools'],
  ['prompts-notinject', 'result', 'ordinary prompts full of trigger words'],
  ['ssrf-urls', 'url', 'addresses'],
]

function casesOf(file: string): readonly Case[] {
  const lines = gunzipSync(readFileSync(join(FOLDER, `${file}.jsonl.gz`))).toString('utf8')
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
}

function rowsOf([file, place, what]: (typeof FILES)[number]): string[] {
  const byTemplate = Map.groupBy(casesOf(file), ({ template }) => template ?? '')
  return [...byTemplate].map(([template, cases]) => {
    const found = (expected: string) => {
      const these = cases.filter((one) => one.expected === expected)
      const seen = these.filter(({ input }) => inspect(place, decoded(input)).verdict !== 'allow')
      return these.length === 0 ? '' : `${seen.length} of ${these.length}`
    }
    return `| ${what}${template === '' ? '' : `, \`${template}\``} | ${place} | ${found('block')} | ${found('allow')} |`
  })
}

/** A result that is JSON comes to a client as the value that it is. */
function decoded(input: unknown): unknown {
  if (typeof input !== 'string' || !/^\s*[[{]/.test(input)) return input
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}

if (existsSync(FOLDER)) {
  const header = ['| set | as | found | clean ones found |', '|---|---|---|---|']
  process.stdout.write(`${[...header, ...FILES.flatMap(rowsOf)].join('\n')}\n`)
} else {
  process.stdout.write(`skipped: there is no ${FOLDER}\n`)
}
