import { variables } from '@sallyport/runtime'

const MIB = 1024 * 1024

/** Reading nested JSON takes stack, and so do most peers. */
const MOST_LEVELS = 512

/** The limits of a request's JSON. */
export const jsonSpec = {
  depth: variables.integer('SALLYPORT_PROXY_JSON_DEPTH', 'How many levels the JSON of a request may have', {
    fallback: '64',
    min: 8,
    max: MOST_LEVELS,
  }),
  members: variables.integer(
    'SALLYPORT_PROXY_JSON_MEMBERS',
    'How many members and elements the JSON of a request may have in all',
    { fallback: '50000', min: 100 },
  ),
  keys: variables.integer(
    'SALLYPORT_PROXY_JSON_KEYS',
    'How many members of a request may have a key that the object before did not have in its place',
    { fallback: '20000', min: 100 },
  ),
  keyLength: variables.integer('SALLYPORT_PROXY_KEY_LENGTH', 'Longest key in a request, in characters', {
    fallback: '1024',
    min: 64,
  }),
  stringLength: variables.integer(
    'SALLYPORT_PROXY_STRING_LENGTH',
    'Longest string in a request, in characters',
    { fallback: String(MIB), min: 256 },
  ),
  arguments: variables.integer('SALLYPORT_PROXY_ARGUMENTS_MAX', 'How many arguments a tools/call may have', {
    fallback: '1000',
    min: 1,
  }),
  batch: variables.integer(
    'SALLYPORT_PROXY_BATCH_MAX',
    'How many messages a batch may have, which only MCP 2025-03-26 knows',
    { fallback: '32', min: 1 },
  ),
} as const

/** The same of an answer: its server was chosen by an operator, so it may say more. */
export const answerJsonSpec = {
  depth: variables.integer('SALLYPORT_PROXY_ANSWER_DEPTH', 'How many levels the JSON of an answer may have', {
    fallback: '128',
    min: 8,
    max: MOST_LEVELS,
  }),
  members: variables.integer(
    'SALLYPORT_PROXY_ANSWER_MEMBERS',
    'How many members and elements the JSON of an answer may have in all',
    { fallback: '100000', min: 100 },
  ),
  keys: variables.integer(
    'SALLYPORT_PROXY_ANSWER_KEYS',
    'How many members of an answer may have a key that the object before did not have in its place',
    { fallback: '40000', min: 100 },
  ),
  keyLength: variables.integer(
    'SALLYPORT_PROXY_ANSWER_KEY_LENGTH',
    'Longest key in an answer, in characters',
    {
      fallback: '65536',
      min: 64,
    },
  ),
} as const
