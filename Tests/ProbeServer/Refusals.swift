import CentrifugoProxy

/// An error of the application that nobody outside may read.
private struct Secret: Error, CustomStringConvertible {
    let description: String
}

/// Throws what the text names, and nothing when it names no refusal.
func refuse(ifTold text: String) throws {
    switch text {
    case "error": throw try CentrifugoError(code: 1200, message: "refused ✓", temporary: true)
    case "disconnect": throw try Disconnect(code: 4600, reason: "refused")
    case "status": throw GRPCStatus(.resourceExhausted, "100% too much ✓\nfor now")
    case "bad-code": throw try CentrifugoError(code: 200, message: "out of range")
    case _ where text.hasPrefix("unknown"): throw Secret(description: "the secret of \(text)")
    default: break
    }
}
