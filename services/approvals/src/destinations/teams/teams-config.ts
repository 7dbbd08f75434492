import {
  type ConfigOf,
  type ConfigSpec,
  isPlainElsewhere,
  type Variable,
  variables,
} from '@sallyport/runtime'
import { linkedPeopleVariable } from '../linked-people.ts'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Microsoft Teams as a place where people are told of approvals and answer them. */
export const teamsSpec = {
  teams: {
    appId: guid(
      'SALLYPORT_TEAMS_APP_ID',
      'The app id of the bot in Microsoft Entra; none: Teams is told of nothing',
    ),
    appSecret: variables.optionalText('SALLYPORT_TEAMS_APP_SECRET', 'The client secret of that app', {
      secret: true,
    }),
    tenantId: guid(
      'SALLYPORT_TEAMS_TENANT_ID',
      'The tenant in Microsoft Entra; clicks from any other one are refused',
    ),
    people: linkedPeopleVariable({
      name: 'SALLYPORT_TEAMS_PEOPLE',
      describe: 'Who is who: `ENTRA_OBJECT_ID=PERSON_ID`, comma-separated; nobody else answers in Teams',
      user: GUID,
      word: 'ENTRA_OBJECT_ID',
    }),
    serviceUrl: address(
      'SALLYPORT_TEAMS_SERVICE_URL',
      'Where the Bot Connector for Teams is',
      'https://smba.trafficmanager.net/teams/',
    ),
    loginUrl: address(
      'SALLYPORT_TEAMS_LOGIN_URL',
      'Where tokens for the Bot Connector are issued, before the tenant',
      'https://login.microsoftonline.com/',
    ),
    metadataUrl: address(
      'SALLYPORT_TEAMS_METADATA_URL',
      'The OpenID metadata that lead to the keys with which clicks are signed',
      'https://login.botframework.com/v1/.well-known/openidconfiguration',
    ),
  },
} as const satisfies ConfigSpec

export type TeamsConfig = ConfigOf<typeof teamsSpec>['teams']

function guid(name: string, describe: string): Variable<string | null> {
  return {
    name,
    describe,
    fallback: '',
    parse(text) {
      if (text !== '' && !GUID.test(text))
        throw new Error('must be an id such as 3fa85f64-5717-4562-b3fc-2c963f66afa6')
      return text === '' ? null : text.toLowerCase()
    },
  }
}

function address(name: string, describe: string, fallback: string): Variable<string> {
  return {
    name,
    describe,
    fallback,
    parse(text) {
      const url = URL.canParse(text) ? new URL(text) : undefined
      if (!url || !/^https?:$/.test(url.protocol) || isPlainElsewhere(url.href))
        throw new Error('must be https, or http on this machine')
      return url.href
    },
  }
}
