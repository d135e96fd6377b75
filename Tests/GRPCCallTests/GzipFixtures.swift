import GRPCCall

extension Gzip {
    /// What Python's `gzip.compress(b"hello, hello, hello", mtime=0)` returns.
    static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7,
        0x51, 0xC8, 0x40, 0xA2, 0x00, 0x9F, 0xA1, 0xCA, 0x09, 0x13, 0x00, 0x00, 0x00,
    ]

    static let helloText = Array("hello, hello, hello".utf8)

    func deflated(_ message: [UInt8]) throws(GRPCStatus) -> [UInt8] {
        var output: [UInt8] = []
        try message.withUnsafeBufferPointer { message throws(GRPCStatus) in
            try deflate(UnsafeRawBufferPointer(message), appendingTo: &output)
        }
        return output
    }

    func inflated(_ message: [UInt8], limit: Int = LengthPrefix.defaultLimit) throws(GRPCStatus) -> [UInt8] {
        try message.withUnsafeBufferPointer { message throws(GRPCStatus) in
            try inflate(UnsafeRawBufferPointer(message), limit: limit)
        }
    }
}

/// A message after its length prefix.
func framed(_ message: [UInt8], isCompressed: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    LengthPrefix(isCompressed: isCompressed, length: message.count).append(to: &bytes)
    return bytes + message
}
