import CentrifugoProxy
import Logging
import Metrics
import ProxyAdmin
import ProxyTracing
import ServiceLifecycle
import UnixSignals

actor Commands: RPCHandler {
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        RPCResult(data: try .json(["pong": true]))
    }
}

// A thread of its own writes the log, so that no call waits for it.
let writer = try LogWriter(.standardError, format: .logfmt)
LoggingSystem.bootstrap { ProxyLogHandler(label: $0, writer, metadataProvider: .traceID) }
let logger = Logger(label: "chat")
// Before anything makes its metrics.
let measured = ExpositionMetrics()
MetricsSystem.bootstrap(measured)

var configuration = ProxyServer.Configuration(port: 10_001)
// One call of a hundred, and all that did not go well.
configuration.accessLog = AccessLog(logger: logger, sample: 0.01, always: [.refused, .failed])
let collector = try OTLPEndpoint("http://127.0.0.1:4317")
let tracer = try OTLPTracer(OTLPTracer.Configuration(collector, serviceName: "chat"), logger: logger)
configuration.tracing = CallTracing(tracer, sample: 0.01)
let server = ProxyServer(ProxyService(rpc: Commands()), configuration: configuration, logger: logger)
let admin = AdminServer(
    AdminServer.Configuration(listener: .tcp(port: 10_002)),
    health: server.health,
    metrics: [server.metrics.families, { measured.families() }],
    logger: logger
)
// The last one in the list is stopped first: the others send its last spans, and tell that it drains.
try await ServiceGroup(
    services: [admin, tracer, server],
    gracefulShutdownSignals: [.sigterm, .sigint],
    logger: logger
).run()
writer.close()
