import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Closes connections for which the process has no descriptors left, and logs that.
///
/// A connection that cannot be accepted stays in the backlog and keeps its listener readable, so the event loop would
/// retry without a pause; NIO's `AcceptBackoffHandler`, which delays reads, does not prevent that. One descriptor kept
/// in reserve allows the connection to be accepted and closed instead. On the listener's loop.
final class SpareDescriptor: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let shortages = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    private let reports: PeerReports
    private var spare: Int32?

    init(reports: PeerReports) {
        self.reports = reports
        keepOne()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Other errors concern one connection, which is gone.
        guard let error = error as? IOError, Self.shortages.contains(error.errnoCode) else { return }
        reports.acceptFailed(error)
        giveUpSpare()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Linux may report missing descriptors even when no connection waits; the spare one was then closed for
        // nothing.
        keepOne()
        guard spare == nil else { return context.fireChannelRead(data) }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        unwrapInboundIn(data).close().hop(to: context.eventLoop).whenComplete { _ in handler.value.keepOne() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveUpSpare()
        context.fireChannelInactive()
    }

    private func keepOne() {
        guard spare == nil else { return }
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 { spare = descriptor }
    }

    private func giveUpSpare() {
        if let spare { close(spare) }
        spare = nil
    }
}
