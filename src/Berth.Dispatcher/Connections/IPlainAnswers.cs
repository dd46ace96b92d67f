using System.Buffers;

namespace Berth.Dispatcher.Connections;

/// <summary>Makes the answer to a plain request. Safe for any number of threads.</summary>
internal interface IPlainAnswers
{
    /// <summary>Writes the answer, if the bytes are exactly one plain request. Otherwise writes nothing.</summary>
    /// <param name="received">All bytes that have arrived.</param>
    /// <param name="output">Gets the whole answer.</param>
    /// <param name="isTls">True when they arrived over TLS.</param>
    /// <param name="close">True when the connection ends after the answer.</param>
    bool TryAnswer(ReadOnlySpan<byte> received, IBufferWriter<byte> output, bool isTls, out bool close);
}
