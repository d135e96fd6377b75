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

    // Below this size, in bytes, gzip's own bytes eat what it saves.
    private static let smallestCompressed = 1_024

    let service: ProxyService
    let loop: ServerLoop
    let limits: Limits
    let secretCheck: SharedSecretCheck
    let callLimiter: CallLimiter
    /// What holds back the loop's only stream; nil on servers, where a stream's unsent bytes do.
    let unread: UnreadLimit?
    /// Counts, logs and traces calls; nil for connections within a process.
    let observer: CallObserver?
    let gzip = Gzip()
    /// The methods whose routes come after those of the events.
    private let builtIn: [BuiltInMethod]
    /// The queue of each event's handler on this loop.
    let queues: [Int?]
    let unhandled = ProxyEvent.allCases.map { $0.definition.unhandledAnswer }
    /// Where the loop's answers are encoded, one at a time.
    let buffer = MessageBuffer()

    init(
        service: ProxyService,
        loop: ServerLoop,
        limits: Limits,
        secretCheck: SharedSecretCheck,
        callLimiter: CallLimiter,
        builtIn: [BuiltInMethod],
        unread: UnreadLimit? = nil,
        observer: CallObserver? = nil
    ) {
        self.service = service
        self.loop = loop
        self.observer = observer
        self.limits = limits
        self.secretCheck = secretCheck
        self.callLimiter = callLimiter
        self.builtIn = builtIn
        self.unread = unread
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

    /// Runs the actions that were added to a call for its end, after what this tick has to send.
    func runCleanUps(of call: CallRecord, after end: CallEnd) {
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

    /// Checks the size of an encoded answer.
    /// - Returns: The status to send instead when it is too large.
    func refusal(ofAnswer message: MessageBuffer, to event: ProxyEvent) -> GRPCStatus? {
        let size = message.messageSize
        loop.worked(on: size)
        guard size > limits.answer else { return nil }
        return service.failures.answerTooLarge(event, byteCount: size, to: logger)
    }

    /// The compressed form of an answer for a peer that reads it; nil when it is sent as it is.
    func compressed(_ message: MessageBuffer) -> [UInt8]? {
        guard limits.compressesAnswers, message.messageSize >= Self.smallestCompressed else { return nil }
        // Deflating takes ten times as long as encoding.
        loop.worked(on: 10 * message.messageSize)
        return message.compressed(by: gzip)
    }

    /// Encodes a message of a stream, and lends it with its length prefix during the call of `send`.
    func withMessage<Result>(
        _ message: some WireMessage,
        send: (UnsafeRawBufferPointer) -> Result
    ) throws(PayloadError) -> Result {
        buffer.begin()
        message.encode(into: &buffer.writer)
        guard buffer.messageSize <= limits.answer else {
            throw .tooLarge(buffer.messageSize, limit: limits.answer)
        }
        return buffer.withPrefixedMessage(send)
    }
}
