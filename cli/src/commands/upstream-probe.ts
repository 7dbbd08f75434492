import { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { action, type Context } from '../context.ts'
import { asProblem, EXIT } from '../errors.ts'
import { example } from '../example.ts'
import { printable } from '../output.ts'

/** The answer of an upstream that the proxy asked once, as the API tells it. */
export interface Probe {
  readonly answers: boolean
  readonly summary: string
  readonly code: string | null
  /** The last lines of a command that ended; absent from a Sallyport of an earlier release. */
  readonly standardError?: readonly string[]
}

/** `sallyport upstream probe NAME`: exits 1 when the upstream does not answer in its protocol. */
export function upstreamProbeCommand(): Command {
  return example(
    new Command('probe')
      .description('asks an upstream, from the proxy, what it is and what it offers')
      .argument('<name>'),
    'sallyport upstream probe files',
  ).action(
    action(async ({ api, output }, name: string) => {
      const probe = await probeOf(api, name)
      output.object(probe, () => [`${name} ${probe.summary}`, ...saidLines(probe)].map(printable).join('\n'))
      if (!probe.answers) process.exitCode = EXIT.failed
    }),
  )
}

function probeOf(api: ApiClient, name: string): Promise<Probe> {
  return api.write<Probe>('POST', `/v1/probes/${encodeURIComponent(name)}`)
}

/** The same beside an upstream that was just registered, which it stays whatever comes of it. Never rejects. */
export async function probeAfterAdding({ api, output }: Context, name: string): Promise<Probe | null> {
  const probe = await probeOf(api, name).catch((reason: unknown) => {
    const { detail, title } = asProblem(reason)
    output.note(`note: ${name} was not asked what it is: ${detail ?? title}`)
    return null
  })
  if (probe !== null && !probe.answers) {
    output.note(
      `note: ${name} ${probe.summary}; it stays registered, and sallyport upstream probe ${name} asks again`,
    )
    for (const line of saidLines(probe)) output.note(line)
  }
  return probe
}

function saidLines({ standardError = [] }: Probe): string[] {
  return standardError.map((line) => `  it said: ${line}`)
}

/** A line about an upstream that answers; of one that does not, the note has told. */
export function foundText(name: string, probe: Probe | null): string[] {
  return probe?.answers ? [printable(`${name} ${probe.summary}`)] : []
}
