using System.Text;

namespace Berth.TestKit;

/// <summary>The short quoted strings that a server has sent: names and addresses. They are recorded before the bytes are sent.</summary>
public sealed class StatedTokens
{
    // No name or address is longer; the long strings of a large event are none.
    private const int MaxLength = 64;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);

    /// <summary>True when the server has sent this string, in quotes.</summary>
    public bool Contains(string token)
    {
        lock (_lock)
            return _tokens.Contains(token);
    }

    internal Reader Open() => new(this);

    private void Add(ReadOnlySpan<byte> token)
    {
        lock (_lock)
            _tokens.Add(Encoding.UTF8.GetString(token));
    }

    /// <summary>Reads one answer, in any pieces.</summary>
    internal sealed class Reader(StatedTokens owner)
    {
        private readonly byte[] _token = new byte[MaxLength];
        private int _length;

        public void Read(ReadOnlySpan<byte> sent)
        {
            foreach (byte b in sent)
            {
                if (b == '"')
                {
                    if (_length is > 0 and < MaxLength)
                        owner.Add(_token.AsSpan(0, _length));
                    _length = 0;
                }
                else if (_length < MaxLength)
                {
                    _token[_length++] = b;
                }
            }
        }
    }
}
