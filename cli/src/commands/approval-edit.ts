import { parseExactly } from '@sallyport/jsonrpc'
import { pointerKeys } from '@sallyport/runtime'
import { Command } from 'commander'
import { action } from '../context.ts'
import { ApiProblem, UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { printable } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { jsonArgument } from './json-argument.ts'

/** The part of an approval that says what a person has changed. */
export interface Edited {
  readonly digest?: string
  readonly edit?: {
    readonly by: string
    readonly at: string
    readonly reason: string | null
    readonly changes: readonly {
      readonly place: string
      readonly from: string | null
      readonly to: string | null
    }[]
  } | null
}

/** The least of a digest that tells one edit from another. */
const LEAST_DIGITS = 8

interface EditFlags {
  readonly set: readonly string[]
  readonly remove: readonly string[]
  readonly reason?: string
  readonly confirm?: boolean
}

interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: unknown
}

/** `sallyport approvals edit ID --set /path=JSON`: other arguments in the place of those of a held call. */
export function editCommand<A extends Edited & { readonly arguments: unknown }>(
  pathOf: (id: string) => string,
  summary: (approval: A) => string,
): Command {
  const command = new Command('edit')
    .description('puts other arguments in the place of those that wait, for somebody else to approve')
    .argument('<id>')
    .option(
      '--set <path=json>',
      'what is to be there, such as /title=\'"shorter"\'; again for each',
      collected,
      [],
    )
    .option('--remove <path>', 'what is to be gone, such as /labels/0; again for each', collected, [])
    .option('--reason <text>', 'kept in the record and told to the agent')
    .option('--confirm', 'also where nobody would be left to approve the call')
  return example(
    command,
    `sallyport approvals edit 0198c0de-0000-7000-8000-000000000000 --set /amount=100 --reason "less is enough"`,
  ).action(
    action(async ({ api, output }, id: string, { set, remove, reason, confirm }: EditFlags) => {
      if (set.length + remove.length === 0) throw new UsageError('nothing to edit: give --set or --remove')
      const values = set.map(pathAndValue)
      const { digest, arguments: given } = await api.get<A>(pathOf(id))
      const patch: Operation[] = [
        ...values.map(
          ({ path, value }) => ({ op: isThere(given, path) ? 'replace' : 'add', path, value }) as const,
        ),
        ...remove.map((path) => ({ op: 'remove' as const, path })),
      ]
      const body = {
        patch,
        ...(digest && { digest }),
        ...(reason && { reason }),
        ...(confirm && { confirm }),
      }
      const approval = await api.write<A>('POST', `${pathOf(id)}/edit`, body).catch((refusal: unknown) => {
        if (isUnanswerable(refusal)) for (const line of alone(id)) output.note(line)
        throw refusal
      })
      const lines = () => [summary(approval), ...changeLines(approval)]
      output.object(approval, () => lines().join('\n'))
    }),
  )
}

function isUnanswerable(refusal: unknown): boolean {
  return refusal instanceof ApiProblem && refusal.problem.code === 'SP_APPROVAL_EDIT_UNANSWERABLE'
}

/** Somebody is alone with their installation: the ways that are left to them. */
function alone(id: string): string[] {
  return [
    'nothing was edited: whoever edits a call does not approve it, and nobody else can. Either',
    `  deny it, and tell the agent what to change: sallyport approvals deny ${id} --reason "..."`,
    '  or let another person in first:             sallyport person add NAME',
  ]
}

/** The part in front of the first `=` is a path, in which `=` does not stand. */
function pathAndValue(text: string): Pick<Operation, 'path' | 'value'> {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--set ${text} is no path and value, such as /title='"shorter"'`)
  const path = text.slice(0, at)
  const value = parseExactly(jsonArgument(`--set ${path}`, text.slice(at + 1)))
  return { path, value }
}

/** An addition to a list pushes away what is there; what is set takes its place. */
function isThere(given: unknown, path: string): boolean {
  let value = given
  for (const key of pointerKeys(path) ?? []) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return true
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** The lines of `approvals show`, each with its name. */
export function editLines({ edit, digest = '' }: Edited): [string, string][] {
  if (!edit) return []
  const why = edit.reason === null ? '' : `: ${edit.reason}`
  return [
    ['edited', `by ${edit.by} at ${shownTime(edit.at)}${why}`],
    ...changeTexts(edit).map((text): [string, string] => ['', text]),
    ['digest', `${digest.slice(0, LEAST_DIGITS)}: answer it with --digest ${digest.slice(0, LEAST_DIGITS)}`],
  ]
}

function changeLines({ edit }: Edited): string[] {
  return edit ? changeTexts(edit).map((text) => `  ${printable(text)}`) : []
}

function changeTexts({ changes }: Pick<NonNullable<Edited['edit']>, 'changes'>): string[] {
  return changes.map(({ place, from, to }) => {
    if (from === null) return `${place} added: ${JSON.stringify(to)}`
    if (to === null) return `${place} removed: ${JSON.stringify(from)}`
    return `${place} from ${JSON.stringify(from)} to ${JSON.stringify(to)}`
  })
}

/** The whole digest of what somebody has looked at, by its first digits. Throws UsageError where that is another call now. */
export function wholeDigest({ digest = '' }: Edited, digits: string): string {
  if (digits.length < LEAST_DIGITS || !digest.startsWith(digits.toLowerCase()))
    throw new UsageError('--digest is not that of the call as it is now: look at it with approvals show')
  return digest
}
