import CentrifugoProxy
import GRPCCall
import GRPCClient
import HTTP2Transport
import Logging
import ProtobufWire
import ServiceLifecycle
import Synchronization

/// Sends the spans of a queue, in batches.
struct SpanExporter: Sendable {
    private static let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    /// The pause before a batch is sent again, doubled each time.
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(2)
    /// How long the last spans have at a shutdown.
    private static let lastTime = Duration.seconds(5)

    private let channel: GRPCChannel
    private let queue: SpanQueue
    private let message: ExportMessage
    private let metadata: Metadata
    private let delay: Duration
    private let timeout: Duration
    private let report: ExportReport

    init(_ configuration: OTLPTracer.Configuration, _ queue: SpanQueue, logger: Logger) throws {
        var settings = GRPCChannel.Configuration(userAgent: "centrifugo-proxy-otlp")
        settings.backoff.most = .seconds(5)
        channel = try GRPCChannel(configuration.endpoint.target, configuration: settings)
        self.queue = queue
        message = ExportMessage(serviceName: configuration.serviceName, resource: configuration.resource)
        metadata = Metadata(configuration.headers.map { ($0.name.lowercased(), $0.value) })
        delay = configuration.delay
        timeout = configuration.timeout
        report = ExportReport(logger: logger)
    }

    /// Sends batches until the graceful shutdown or the task's cancellation, then what is left, for a limited time.
    func run() async {
        // A task of its own: a cancellation must not end the call that sends a batch.
        let sender = Task {
            for await _ in queue.woken { await sendBatches() }
            await sendBatches(untilEmpty: true)
        }
        let clock = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: delay)
                queue.wake()
            }
        }
        try? await gracefulShutdown()
        clock.cancel()
        queue.close()
        let end = Task {
            try await Task.sleep(for: min(timeout, Self.lastTime))
            sender.cancel()
        }
        await sender.value
        end.cancel()
        await channel.shutDown()
    }

    /// Sends what waits, and then only whole batches: others wait for more spans, unless this is the end.
    private func sendBatches(untilEmpty: Bool = false) async {
        repeat {
            for (bytes, count) in message.requests(for: queue.take()) { await send(bytes, count) }
        } while untilEmpty ? queue.count > 0 : queue.hasBatch
    }

    private func send(_ bytes: [UInt8], _ count: Int) async {
        let deadline = ContinuousClock.now + timeout
        var pause = Self.firstPause
        while true {
            do throws(GRPCStatus) {
                let time = deadline - ContinuousClock.now
                let answer = try await channel.call(Self.path, bytes, metadata: metadata, timeout: time)
                return took(count, Rejection(answer))
            } catch {
                let isWorthRepeating = error.code.isWorthRepeating && !Task.isCancelled && !queue.isClosed
                guard isWorthRepeating, ContinuousClock.now + pause < deadline else {
                    queue.count { $0.failed += count }
                    return report.failed(error, count)
                }
            }
            try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private func took(_ count: Int, _ rejection: Rejection) {
        let rejected = min(rejection.count, count)
        queue.count {
            $0.exported += count - rejected
            $0.failed += rejected
        }
        report.succeeded()
        if rejected > 0 || !rejection.message.isEmpty { report.rejected(rejected, rejection.message) }
    }
}

extension GRPCStatus.Code {
    /// OTLP, "OTLP/gRPC Response": the codes after which a client sends again.
    fileprivate var isWorthRepeating: Bool {
        switch self {
        case .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss: true
        default: false
        }
    }
}

/// Tells the log when spans begin to be lost, and when they arrive again.
private final class ExportReport: Sendable {
    private let logger: Logger
    private let isFailing = Mutex(false)
    private let rejections = LogThrottle()

    init(logger: Logger) {
        self.logger = logger.printable
    }

    func succeeded() {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = false }
            return isFailing
        }
        if wasFailing { logger.notice("the collector takes spans again") }
    }

    func failed(_ status: GRPCStatus, _ count: Int) {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = true }
            return isFailing
        }
        // Once for each time that it fails: the metrics count the spans.
        guard !wasFailing else { return }
        logger.warning(
            "spans cannot be sent to the collector, and are lost until it takes them again",
            metadata: ["error": "\(status.description.shortened(to: 200))", "spans": "\(count)"]
        )
    }

    func rejected(_ count: Int, _ message: String) {
        rejections.warn(
            logger,
            "the collector rejected spans",
            metadata: ["spans": "\(count)", "error": "\(message.shortened(to: 200))"]
        )
    }
}
