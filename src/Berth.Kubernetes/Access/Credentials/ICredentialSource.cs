namespace Berth.Kubernetes.Access.Credentials;

/// <summary>Returns the credential for each request. Credentials expire and are rotated while we run. Safe for several threads.</summary>
internal interface ICredentialSource
{
    /// <summary>The sentence that says what the credential is waiting for; null when it waits for nothing.</summary>
    string? Waiting => null;

    /// <summary>Returns the current credential.</summary>
    /// <exception cref="ClusterAccessException">There is no credential, and there never was one.</exception>
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reports that the server answered 401 to this credential. The next <see cref="GetAsync"/> reads it from its origin again. If it is
    /// still the same, asking the server again is useless.
    /// </summary>
    void Refuse(Credential refused);
}
