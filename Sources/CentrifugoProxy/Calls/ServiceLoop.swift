import GRPCCall
import HTTP2Transport
import Logging
import ProtobufWire
import ProxyMessages

/// What the service keeps for one event loop, for all connections on it.
final class ServiceLoop {
    /// The limits of a call.
    struct Limits: Sendable {
        var request: Int
        var answer: Int
        /// Elements of a request's lists and maps.
        var elements: Int
        var abandonedCalls: Int
        var compressesAnswers: Bool
        /// Nanoseconds from a unary call's header list to the end of its message.
        var requestTimeout: UInt64
        /// Nanoseconds from a stream's opening to its first answer.
        var firstMessageTimeout: UInt64
        /// Nanoseconds over which a draining connection's streams end.
        var streamDrainWindow: UInt64
        /// Streams of built-in methods that a connection may have open.
        var builtInStreams: Int
    }

    // Below this size, gzip's own bytes eat what it saves.
    private static let smallestCompressed = 1_024

    let service: ProxyService
    let loop: ServerLoop
    let limits: Limits
    let secretCheck: SharedSecretCheck
    let callLimiter: CallLimiter
    let gzip = Gzip()
    /// The methods whose routes come after those of the events.
    private let builtIn: [BuiltInMethod]
    /// The queue of each event's handler on this loop.
    let queues: [Int?]
    let unhandled = ProxyEvent.allCases.map(UnhandledAnswer.init)
    @exclusivity(unchecked) private var writer = WireWriter()

    init(
        service: ProxyService,
        loop: ServerLoop,
        limits: Limits,
        secretCheck: SharedSecretCheck,
        callLimiter: CallLimiter,
        builtIn: [BuiltInMethod]
    ) {
        self.service = service
        self.loop = loop
        self.limits = limits
        self.secretCheck = secretCheck
        self.callLimiter = callLimiter
        self.builtIn = builtIn
        let handlers = service.handlers
        queues = ProxyEvent.allCases.indices.map { index in
            let handler = service.route(at: index)?.handler ?? service.streamRoute(at: index)?.handler
            guard let handler else { return nil }
            return handlers.firstIndex { $0 === handler }
        }
    }

    var logger: Logger { loop.logger }

    /// A random moment of the drain window that begins now: thousands of clients that subscribe again should not do so
    /// all at once.
    func momentOfDrain() -> UInt64 {
        ServerLoop.clock + UInt64.random(in: 0...limits.streamDrainWindow)
    }

    /// Does what is to be done after a call, behind what this tick has to send.
    func cleanUp(_ call: CallRecord, after end: CallEnd) {
        let actions = call.end(end)
        guard !actions.isEmpty else { return }
        loop.startAfterTick {
            for action in actions { await action(end) }
        }
    }

    /// The built-in method of a route; nil when the route is an event's.
    func builtInMethod(at route: Int) -> BuiltInMethod? {
        route < queues.count ? nil : builtIn[route - queues.count]
    }

    /// Encodes an answer behind its length prefix and lends its bytes; they are valid during the call of `send`.
    ///
    /// - Parameters:
    ///   - event: The event that is answered.
    ///   - encode: Appends the message, or returns the status to send instead.
    ///   - compressed: Whether a large message may be compressed.
    ///   - send: Takes the length-prefixed message, and whether it is compressed.
    /// - Returns: The status to send instead, when there is no message.
    func withAnswer(
        to event: ProxyEvent,
        _ encode: (inout WireWriter) -> GRPCStatus?,
        compressed: Bool,
        send: (UnsafeRawBufferPointer, Bool) -> Void
    ) -> GRPCStatus? {
        writer.removeAll(keepingCapacity: true)
        let prefix = writer.reserve(LengthPrefix.byteCount)
        if let status = encode(&writer) { return status }
        let length = writer.count - LengthPrefix.byteCount
        loop.worked(on: length)
        guard length <= limits.answer else {
            return service.failures.answerTooLarge(event, byteCount: length, to: logger)
        }
        if compressed, length >= Self.smallestCompressed, let gzipped = compressedMessage() {
            gzipped.withUnsafeBytes { send($0, true) }
        } else {
            writer.overwrite(at: prefix + 1, withBigEndian: UInt32(length))
            writer.withUnsafeBytes { send($0, false) }
        }
        return nil
    }

    /// Encodes a message behind its length prefix and lends its bytes; they are valid during the call of `send`.
    func withMessage<Result>(
        _ message: some WireMessage,
        send: (UnsafeRawBufferPointer) -> Result
    ) throws(PayloadError) -> Result {
        writer.removeAll(keepingCapacity: true)
        let prefix = writer.reserve(LengthPrefix.byteCount)
        message.encode(into: &writer)
        let length = writer.count - LengthPrefix.byteCount
        guard length <= limits.answer else { throw .tooLarge(length, limit: limits.answer) }
        writer.overwrite(at: prefix + 1, withBigEndian: UInt32(length))
        return writer.withUnsafeBytes(send)
    }

    /// The written message, deflated and with a prefix of its own; nil when that fails.
    private func compressedMessage() -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: LengthPrefix.byteCount)
        let done: Void? = writer.withUnsafeBytes { bytes in
            let message = UnsafeRawBufferPointer(rebasing: bytes[LengthPrefix.byteCount...])
            return try? gzip.deflate(message, appendingTo: &output)
        }
        guard done != nil else { return nil }
        // Deflating takes ten times as long as encoding.
        loop.worked(on: 10 * writer.count)
        let length = output.count - LengthPrefix.byteCount
        output.withUnsafeMutableBytes { LengthPrefix(isCompressed: true, length: length).write(to: $0) }
        return output
    }
}
