import CentrifugoProxy
import Logging

/// Logs how long each call takes.
struct Timing: Interceptor {
    let logger: Logger

    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        let start = ContinuousClock.now
        defer { logger.info("\(context.event.methodName) took \(start.duration(to: .now))") }
        return try await next(request, context)
    }
}

/// The tenant that a call belongs to.
enum Tenant: CallAttribute { typealias Value = String }

/// What the application's own storage throws.
struct QuotaExceeded: Error {}

/// Answers with the tenant that an interceptor found.
actor Tenants: RPCHandler {
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        guard request.method == "tenant" else { throw QuotaExceeded() }
        return RPCResult(data: try .json(context[Tenant.self]))
    }
}

func interceptors(logger: Logger) -> ProxyService {
    var errors = ErrorMapping(logger: logger)
    errors.map(QuotaExceeded.self, to: CentrifugoError.rateLimited)

    return ProxyService(
        // The first is the outermost: it sees what all others make of a call.
        interceptors: [
            Timing(logger: logger).only(on: .rpc),
            errors,
            .rpc { request, context, next in
                guard let tenant = context.metadata.first("x-tenant") else { throw CentrifugoError.badRequest }
                var context = context
                context[Tenant.self] = tenant
                context.whenOver { end in logger.debug("the call of \(tenant) is over: \(end)") }
                return try await next(request, context)
            },
        ],
        rpc: Tenants()
    )
}
