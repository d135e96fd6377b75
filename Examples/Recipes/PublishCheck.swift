import CentrifugoProxy

/// A line of a chat.
struct Line: Codable {
    var text: String
    var from: String?
}

/// Checks what clients publish into `chat.…`, and adds the author.
actor Chat: PublishHandler {
    private static let longestText = 500

    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
        guard !request.user.isEmpty, request.channel.hasPrefix("chat.") else { throw .permissionDenied }
        // What is not the JSON of a line is answered with error 400.
        var line = try request.payload.decode(Line.self)
        guard line.text.utf8.count <= Self.longestText else {
            throw try CentrifugoError(code: 413, message: "the text is too long")
        }
        line.from = request.user
        return PublishResult(data: try .json(line))
    }
}

func publishCheck() -> ProxyService {
    ProxyService(publish: Chat())
}
