import { type ConfigOf, type ConfigSpec, isPlainElsewhere, variables } from '@sallyport/runtime'
import { linkedPeopleVariable } from '../linked-people.ts'

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
    people: linkedPeopleVariable({
      name: 'SALLYPORT_SLACK_PEOPLE',
      describe: 'Who is who: `SLACK_USER_ID=PERSON_ID`, comma-separated; nobody else answers in Slack',
      user: /^[UW][A-Z0-9]{2,31}$/,
      word: 'SLACK_USER_ID',
    }),
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
