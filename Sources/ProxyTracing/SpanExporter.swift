import CentrifugoProxy
import GRPCCall
import GRPCClient
import Logging
import ProtobufWire
import ServiceLifecycle
import Synchronization

/// Sends the spans of a queue, in batches.
struct SpanExporter: Sendable {
    private static let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    /// The pause before a batch is sent again, doubled each time.
    private static let firstPause = Duration.milliseconds(500)

    private let channel: GRPCChannel
    private let queue: SpanQueue
    private let message: ExportMessage
    private let metadata: Metadata
    private let delay: Duration
    private let timeout: Duration
    private let report: ExportReport

    init(_ configuration: OTLPTracer.Configuration, _ queue: SpanQueue, logger: Logger) throws {
        channel = try GRPCChannel(
            configuration.endpoint.target,
            configuration: GRPCChannel.Configuration(userAgent: "centrifugo-proxy-otlp")
        )
        self.queue = queue
        message = ExportMessage(serviceName: configuration.serviceName, resource: configuration.resource)
        metadata = Metadata(configuration.headers.map { ($0.name.lowercased(), $0.value) })
        delay = configuration.delay
        timeout = configuration.timeout
        report = ExportReport(logger: logger)
    }

    /// Sends batches until the graceful shutdown or the task's cancellation, then what is left.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: delay)
                    queue.wake()
                }
            }
            for await _ in queue.woken.cancelOnGracefulShutdown() {
                await sendAll()
            }
            group.cancelAll()
        }
        // The last ones also of a task that is cancelled: in one of its own, and all within the time of one batch.
        await Task { await sendAll(by: ContinuousClock.now + timeout) }.value
        await channel.shutDown()
    }

    /// Sends what waits, in batches.
    ///
    /// - Parameter last: When the last batch must have been sent; nil gives each its own time.
    private func sendAll(by last: ContinuousClock.Instant? = nil) async {
        while true {
            let batch = queue.take()
            guard !batch.isEmpty else { return }
            for (bytes, count) in message.requests(for: batch) {
                await send(bytes, count, by: last ?? ContinuousClock.now + timeout)
            }
        }
    }

    private func send(_ bytes: [UInt8], _ count: Int, by deadline: ContinuousClock.Instant) async {
        var pause = Self.firstPause
        while true {
            do throws(GRPCStatus) {
                let time = deadline - ContinuousClock.now
                let answer = try await channel.call(Self.path, bytes, metadata: metadata, timeout: time)
                return took(count, Rejection(answer))
            } catch {
                // A shutdown does not wait for a collector that comes back.
                let isWorthWaiting = error.code.isWorthRepeating && !Task.isShuttingDownGracefully
                guard isWorthWaiting, ContinuousClock.now + pause < deadline else {
                    queue.count { $0.failed += count }
                    return report.failed(error, count)
                }
            }
            try? await Task.sleep(for: pause)
            pause = pause * 2
        }
    }

    private func took(_ count: Int, _ rejection: Rejection) {
        let rejected = min(rejection.count, count)
        queue.count {
            $0.exported += count - rejected
            $0.failed += rejected
        }
        if rejected > 0 { report.rejected(rejected, rejection.message) } else { report.succeeded() }
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
            metadata: ["error": "\(status)", "spans": "\(count)"]
        )
    }

    func rejected(_ count: Int, _ message: String) {
        logger.warning("the collector rejected spans", metadata: ["spans": "\(count)", "error": "\(message)"])
    }
}
