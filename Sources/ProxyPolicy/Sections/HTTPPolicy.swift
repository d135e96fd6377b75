import CentrifugoProxy

/// The HTTP server that method calls are passed on to.
struct HTTPPolicy: Codable, Equatable, Sendable {
    var baseURL: String
    var allow: [String]
    var forwardMetadata: [String]
    var headers: [String: Secret]
    var userHeader: String?
    var clientHeader: String?
    var timeout: TimeSpan
    var maxConnections: Int
    var maxRequestSize: ByteSize
    var maxAnswerSize: ByteSize

    enum CodingKeys: String, CodingKey, CaseIterable {
        case baseURL = "base_url"
        case allow
        case forwardMetadata = "forward_metadata"
        case headers
        case userHeader = "user_header"
        case clientHeader = "client_header"
        case timeout
        case maxConnections = "max_connections"
        case maxRequestSize = "max_request_size"
        case maxAnswerSize = "max_answer_size"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        baseURL = try fields.required(.baseURL)
        allow = try fields.required(.allow)
        forwardMetadata = try fields.list(.forwardMetadata) ?? []
        headers = try fields.map(.headers)
        userHeader = try fields.optional(.userHeader)
        clientHeader = try fields.optional(.clientHeader)
        timeout = try fields.time(.timeout, in: .milliseconds(1)...longestLifetime) ?? TimeSpan(.seconds(5))
        maxConnections = try fields.number(.maxConnections, in: 1...65_535) ?? 32
        maxRequestSize = try fields.size(.maxRequestSize, in: 1...1 << 30) ?? ByteSize(1 << 20)
        maxAnswerSize = try fields.size(.maxAnswerSize, in: 1...1 << 30) ?? ByteSize(1 << 20)
    }
}

/// The HTTP server that is asked about each client that connects.
struct ConnectHTTPPolicy: Codable, Equatable, Sendable {
    var url: String
    var forwardMetadata: [String]
    var headers: [String: Secret]
    var timeout: TimeSpan
    var shareRequests: Bool
    var maxConnections: Int
    var maxAnswerSize: ByteSize

    enum CodingKeys: String, CodingKey, CaseIterable {
        case url
        case forwardMetadata = "forward_metadata"
        case headers
        case timeout
        case shareRequests = "share_requests"
        case maxConnections = "max_connections"
        case maxAnswerSize = "max_answer_size"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        url = try fields.required(.url)
        forwardMetadata = try fields.list(.forwardMetadata) ?? []
        headers = try fields.map(.headers)
        timeout = try fields.time(.timeout, in: .milliseconds(1)...longestLifetime) ?? TimeSpan(.seconds(5))
        shareRequests = try fields.value(.shareRequests, or: true)
        maxConnections = try fields.number(.maxConnections, in: 1...65_535) ?? 32
        maxAnswerSize = try fields.size(.maxAnswerSize, in: 1...1 << 30) ?? ByteSize(1 << 20)
    }
}
