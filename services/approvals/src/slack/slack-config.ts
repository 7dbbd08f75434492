import type { Approval } from '@sallyport/approval'
import {
  type ConfigOf,
  type ConfigSpec,
  isPlainElsewhere,
  type Variable,
  variables,
} from '@sallyport/runtime'

/** Which approvals a channel gets: those of a group, a risk or an upstream, or all. */
export interface SlackRoute {
  readonly by: 'group' | 'risk' | 'upstream' | 'all'
  readonly value: string
  readonly channel: string
}

const CHANNEL = /^[CGD][A-Z0-9]{2,31}$/

const routes: Variable<readonly SlackRoute[]> = {
  name: 'SALLYPORT_SLACK_CHANNELS',
  describe:
    'Which channel gets which approvals: `group:NAME=ID`, `risk:WORD=ID`, `upstream:NAME=ID`, `*=ID`, comma-separated; the first that fits',
  fallback: '',
  parse: (text) => Object.freeze(pairsOf(text).map(routeOf)),
}

const people: Variable<ReadonlyMap<string, string>> = {
  name: 'SALLYPORT_SLACK_PEOPLE',
  describe: 'Who is who: `SLACK_USER_ID=PERSON_ID`, comma-separated; nobody else answers in Slack',
  fallback: '',
  parse(text) {
    const pairs = pairsOf(text)
    if (pairs.some(([user, person]) => !/^[UW][A-Z0-9]{2,31}$/.test(user) || person === ''))
      throw new Error('must be SLACK_USER_ID=PERSON_ID, …')
    if (new Set(pairs.map(([user]) => user)).size < pairs.length) throw new Error('names a Slack user twice')
    return new Map(pairs)
  },
}

/** Slack as a place where people are told of approvals and answer them. */
export const slackSpec = {
  slack: {
    token: variables.optionalText(
      'SALLYPORT_SLACK_TOKEN',
      'The bot token of the Slack app; none: Slack is told of nothing',
      { secret: true },
    ),
    signingSecret: variables.optionalText(
      'SALLYPORT_SLACK_SIGNING_SECRET',
      'The signing secret of that app; none: nobody answers in Slack',
      { secret: true },
    ),
    routes,
    people,
    url: {
      ...variables.text('SALLYPORT_SLACK_URL', 'Where the Web API of Slack is', {
        fallback: 'https://slack.com/api/',
      }),
      parse(text: string) {
        const url = URL.canParse(text) ? new URL(text) : undefined
        if (!url || !/^https?:$/.test(url.protocol) || isPlainElsewhere(url.href))
          throw new Error('must be https, or http on this machine')
        return url.href.endsWith('/') ? url.href : `${url.href}/`
      },
    },
  },
} as const satisfies ConfigSpec

export type SlackConfig = ConfigOf<typeof slackSpec>['slack']

/** The channel that is told of an approval; undefined where none is. */
export function channelOf(all: readonly SlackRoute[], approval: Approval): string | undefined {
  return all.find((route) => fits(route, approval))?.channel
}

function fits({ by, value }: SlackRoute, { stages, risk, binding }: Approval): boolean {
  switch (by) {
    case 'all':
      return true
    case 'risk':
      return risk === value
    case 'upstream':
      return binding.upstream === value
    case 'group':
      return stages.some(({ of }) => of.some(({ kind, name }) => kind === 'group' && name === value))
  }
}

function pairsOf(text: string): (readonly [string, string])[] {
  const pairs = text.split(',').map((one) => one.trim())
  return pairs.filter(Boolean).map((pair) => {
    const at = pair.lastIndexOf('=')
    return [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)] as const
  })
}

function routeOf([what, channel]: readonly [string, string]): SlackRoute {
  if (!CHANNEL.test(channel)) throw new Error('must end in the id of a channel, such as C012AB3CD')
  if (what === '*') return { by: 'all', value: '', channel }
  const [, by, value] = /^(group|risk|upstream):(.+)$/.exec(what) ?? []
  if (value === undefined) throw new Error('must be group:NAME=ID, risk:WORD=ID, upstream:NAME=ID or *=ID')
  return { by: by as SlackRoute['by'], value, channel }
}
