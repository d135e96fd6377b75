/// A kept connection to a gRPC server, shared by many calls.
package final class GRPCChannel: Sendable {
    package init() {}
}
