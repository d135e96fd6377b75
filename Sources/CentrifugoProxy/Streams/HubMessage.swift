import GRPCCall
import ProtobufWire
import ProxyMessages

/// A hub's publication after its length prefix, in the forms for all kinds of clients: encoded once for all streams.
struct HubMessage: Sendable {
    /// With text unchanged.
    private let plain: [UInt8]
    /// With text as a JSON string.
    private let quoted: [UInt8]
    private let isJSON: Bool
    /// The publication's position in its channel, if it has one.
    let position: UInt64?

    /// Encodes a publication.
    ///
    /// - Throws: ``PayloadError`` when its larger form exceeds the limit, whichever clients subscribe.
    init(_ publication: Publication, position: UInt64? = nil, limit: Int) throws(PayloadError) {
        self.position = position
        var asJSON = publication
        asJSON.data = PayloadEncoding.quoted(publication.data)
        quoted = try Self.message(asJSON, limit: limit)
        switch publication.data.content {
        case .text:
            plain = try Self.message(publication, limit: limit)
            isJSON = true
        case .json:
            plain = quoted
            isJSON = true
        case .bytes(let bytes):
            plain = quoted
            isJSON = JSONSyntax.isValid(bytes)
        }
    }

    /// Checks the size of a publication without subscribers; encodes it only if it might be too large.
    ///
    /// - Throws: ``PayloadError`` when it is too large.
    static func check(_ publication: Publication, limit: Int) throws(PayloadError) {
        // For the tag and length of each field and of the message around it; a byte of text takes at most six as JSON.
        let overhead = 32
        var most = 2 * overhead
        switch publication.data.content {
        case .text(let text): most += 6 * text.utf8.count
        case .bytes(let bytes), .json(let bytes): most += bytes.count
        }
        for (name, value) in publication.tags { most += name.utf8.count + value.utf8.count + 2 * overhead }
        if most > limit { _ = try HubMessage(publication, limit: limit) }
    }

    /// The bytes for a client of that encoding; nil when the client could not read them.
    func bytes(for encoding: PayloadEncoding) -> [UInt8]? {
        switch encoding {
        case .json, .binaryJSON: isJSON ? quoted : nil
        case .protobuf: quoted
        case .binary, .none: plain
        }
    }

    private static func message(_ publication: Publication, limit: Int) throws(PayloadError) -> [UInt8] {
        var length = 0
        let message = WireWriter.bytes { writer in
            let prefix = writer.reserve(LengthPrefix.byteCount)
            StreamSubscribeResponse(publication: publication).encode(into: &writer)
            length = writer.count - LengthPrefix.byteCount
            writer.overwrite(at: prefix + 1, withBigEndian: UInt32(truncatingIfNeeded: length))
        }
        guard length <= limit else { throw .tooLarge(length, limit: limit) }
        return message
    }
}
