import { SallyportError } from '@sallyport/runtime'

/** The upstream's protected-resource metadata cannot be read, or is about another resource. */
export class UpstreamMetadataUnusable extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super(
      'SP_UPSTREAM_METADATA',
      'unavailable',
      `the upstream's protected-resource metadata ${what}`,
      options,
    )
  }
}
