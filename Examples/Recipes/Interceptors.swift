import CentrifugoProxy
import Logging
import Synchronization

/// Logs how long each call takes, and whose it is.
struct Timing: Interceptor {
    let logger: Logger

    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        let start = ContinuousClock.now
        var user = request.userID
        defer { logger.info("\(context.event.methodName) of \(user ?? "?") took \(start.duration(to: .now))") }
        let answer = try await next(request, context)
        // Who connects is known only after the handler.
        if let found = answer.userID { user = found }
        return answer
    }
}

/// Counts calls by event, and those that were refused or failed.
final class CallCounts: Interceptor {
    struct Count: Equatable { var (calls, errors) = (0, 0) }

    let counts = Mutex<[ProxyEvent: Count]>([:])

    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        counts.withLock { $0[context.event, default: Count()].calls += 1 }
        do {
            return try await next(request, context)
        } catch {
            counts.withLock { $0[context.event, default: Count()].errors += 1 }
            throw error
        }
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

func interceptors(logger: Logger, counts: CallCounts = CallCounts()) -> ProxyService {
    var errors = ErrorMapping(logger: logger)
    errors.map(QuotaExceeded.self, to: .rateLimited)

    return ProxyService(
        // The first is the outermost: it sees what all others make of a call.
        interceptors: [
            Timing(logger: logger),
            counts,
            RateLimit(burst: 20, every: .milliseconds(100)).only(on: .rpc, .publish),
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
