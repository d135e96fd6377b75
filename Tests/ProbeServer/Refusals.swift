import CentrifugoProxy

/// An error of the application that peers must not read.
private struct Secret: Error, CustomStringConvertible {
    let description: String
}

/// Throws the refusal that the text names; throws nothing for other texts.
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
