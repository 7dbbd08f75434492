import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Inspection, inspect, PLACES, type Place } from '@sallyport/inspection'
import { SallyportError } from '@sallyport/runtime'
import { Command, Option } from 'commander'
import { endWithReader } from '../end-with-reader.ts'
import { EXIT } from '../errors.ts'
import { example } from '../example.ts'
import { createOutput, type Output, table } from '../output.ts'
import { InputLineInvalid, InputTooLarge, lineBuffers, wholeText } from './input-lines.ts'

interface InspectFlags {
  readonly as: Place
  readonly ndjson?: true
  readonly json?: true
}

/** `sallyport inspect`: what inspection sees in a text, and what would come of it by default. It asks no server. */
export function inspectCommand(): Command {
  return example(
    new Command('inspect')
      .description(
        'says what inspection sees in a text, and what would come of it by default; asks no server',
      )
      .argument('[file]', 'what to look at; standard input without it')
      .addOption(new Option('--as <place>', 'what the text is to an agent').choices(PLACES).default('result'))
      .option('--ndjson', 'takes one {"id","input"} a line and prints one object a line, in the same order'),
    'sallyport inspect --as tool definition.json',
    'echo http://0x7f.1/ | sallyport inspect --as url',
    'sallyport inspect --as arguments --ndjson < calls.ndjson',
  ).action(async (file: string | undefined, flags: InspectFlags, command: Command) => {
    endWithReader()
    const output = createOutput(command.optsWithGlobals<InspectFlags>().json ?? false)
    try {
      const source = file === undefined ? process.stdin : createReadStream(file)
      if (flags.ndjson) await inspectLines(source, flags.as)
      else tell(inspect(flags.as, inputFrom(flags.as, await wholeText(source))), output)
    } catch (reason) {
      output.failure(reason)
      process.exitCode = EXIT.failed
    }
  })
}

/** A definition of a tool and the arguments of a call are JSON, if they are; anything else is the text that it is. */
function inputFrom(place: Place, text: string): unknown {
  if (place === 'url') return text.trim()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function tell(inspection: Inspection, output: Output): void {
  const { verdict, findings } = inspection
  output.object(inspection, () => {
    if (findings.length === 0) return `${verdict}: nothing was found`
    const rows = findings.map(({ rule, severity, path, offset, length }) => [
      rule,
      severity,
      path === '' ? '(the text)' : path,
      `${offset}–${offset + length}`,
    ])
    return `${verdict}\n\n${table(['RULE', 'SEVERITY', 'WHERE', 'CHARACTERS'], rows)}`
  })
}

/** The machine form: whoever reads the answers is waited for. */
async function inspectLines(source: Readable, place: Place): Promise<void> {
  for await (const line of lineBuffers(source)) {
    const answer = answerTo(line, place)
    if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) await once(process.stdout, 'drain')
  }
}

function answerTo(line: Buffer | InputTooLarge, place: Place): object {
  const asked = line instanceof InputTooLarge ? line : questionOf(line)
  if (asked instanceof SallyportError)
    return { id: null, error: { code: asked.code, message: asked.message } }
  const began = performance.now()
  const { verdict, findings } = inspect(place, asked.input)
  return { id: asked.id ?? null, verdict, findings, ms: Number((performance.now() - began).toFixed(3)) }
}

function questionOf(line: Buffer): { readonly id?: unknown; readonly input: unknown } | InputLineInvalid {
  try {
    const value: unknown = JSON.parse(UTF8.decode(line))
    return typeof value === 'object' && value !== null && 'input' in value ? value : new InputLineInvalid()
  } catch {
    return new InputLineInvalid()
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })
