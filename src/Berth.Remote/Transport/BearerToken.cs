using Berth.Remote.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Remote.Transport;

/// <summary>The bearer token of requests: a text, a file that is read for each connection, or none.</summary>
internal sealed class BearerToken(RemoteEndpointSourceOptions options, ILogger logger)
{
    private readonly RereadFile<string>? _file = options.TokenFile is null
        ? null
        : new RereadFile<string>(options.TokenFile, Parse, Log.TokenNotRead, Log.TokenReadAgain, logger);

    /// <summary>The token now, or null for none.</summary>
    /// <exception cref="EndpointSourceException">Its file cannot be read, and never could.</exception>
    public string? Find() => _file is null ? options.Token : _file.Read();

    private static string Parse(string text)
    {
        string token = text.Trim();
        if (token.Length == 0)
            throw new FormatException("It is empty. Write a token into it.");
        // The message does not contain the token.
        return token.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? throw new FormatException("It contains more than a token: a space, a line break or a letter that no header may have.")
            : token;
    }
}
