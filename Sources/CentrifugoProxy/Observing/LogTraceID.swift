public import Logging
import Tracing

extension Logger.MetadataProvider {
    /// Adds `trace_id` to records of a call that is traced: see ``CallTracing``.
    public static let traceID = Logger.MetadataProvider {
        guard let id = ServiceContext.current?.callTraceID, !id.isEmpty else { return [:] }
        return ["trace_id": "\(id)"]
    }
}
