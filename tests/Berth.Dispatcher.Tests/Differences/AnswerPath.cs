namespace Berth.Dispatcher.Tests.Differences;

/// <summary>The part of the server that answers a plain request in Kestrel's place.</summary>
public enum AnswerPath
{
    /// <summary>The first look, in front of the transport; later requests of a connection are answered as in <see cref="Plain"/>.</summary>
    FirstLook,

    /// <summary>The plain answers behind Kestrel's transport, as with a limit of connections.</summary>
    Plain,

    /// <summary>The plain answers inside TLS.</summary>
    PlainInTls,
}
