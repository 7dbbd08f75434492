/** STUB */
export class HeldCalls {
  full(_gatewayId: string): boolean {
    return false
  }
}
