import GRPCCall
package import Logging
import ProtobufWire

extension ProxyService {
    /// Answers a unary call without a server: from the request's message to the answer's.
    ///
    /// Everything is done that a server does but for the limits and the deadline.
    ///
    /// - Parameters:
    ///   - message: The request's message, without a length prefix.
    ///   - context: What the handler gets; it names the event.
    ///   - logger: Where it is told what went wrong in a handler.
    /// - Returns: The answer's message, without a length prefix.
    /// - Throws: `GRPCStatus`, when there is a status and no message.
    package func answer(to message: [UInt8], context: CallContext, logger: Logger) async throws -> [UInt8] {
        guard let index = ProxyEvent.allCases.firstIndex(of: context.event), let route = route(at: index) else {
            switch UnhandledAnswer(context.event) {
            case .message(let prefixed): return Array(prefixed.dropFirst(LengthPrefix.byteCount))
            case .status(let status): throw status
            }
        }
        let work = try message.withUnsafeBytes { try route.decode($0) }
        let encode = await work(context, logger)
        var writer = WireWriter()
        let status = encode(&writer)
        let end = status.map { CallEnd.failed($0) } ?? .answered
        for action in context.cleanUps.end(end) { await action(end) }
        if let status { throw status }
        return writer.withUnsafeBytes { Array($0) }
    }
}
