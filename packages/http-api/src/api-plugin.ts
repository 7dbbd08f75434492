import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** Routes of one service: a plain Fastify plugin whose TypeBox schemas type its requests and answers. */
export type ApiPlugin = FastifyPluginAsyncTypebox
