//! The reasons for refusals.

/// Every reason for which the product refuses something. The catalogue has a message for each (`error-...`), and the
/// API shows them as the enum `ErrorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// It does not exist, or is not the caller's to see: the two read the same.
    NotFound,
    /// The caller sees it but may not do this.
    Forbidden,
    /// Nobody is signed in, or the session has ended.
    SignInRequired,
    /// A value is missing, empty or not of the right form.
    Invalid,
    /// A text is longer than allowed here.
    TooLong,
    /// A list is longer than allowed here.
    TooMany,
    /// There is one already.
    AlreadyExists,
    /// The address and the password do not fit together.
    WrongCredentials,
    /// A thread is said to be there, and not that all of it is.
    ThreadNotConfirmed,
    /// The set-up has been done.
    AlreadySetUp,
    /// The one-time set-up token is wrong or used.
    WrongSetupToken,
    /// The refresh token is wrong, expired, used, or its session has ended.
    RefreshRefused,
    /// The password is too short.
    PasswordTooShort,
    /// A time zone that is not in the IANA database.
    UnknownTimeZone,
    /// A network that Diwan does not know.
    UnknownNetwork,
    /// The network is connected in another way.
    WrongConnectMethod,
    /// An address that Diwan does not call: private, or not https.
    AddressNotAllowed,
    /// The account is not connected now.
    AccountNotConnected,
    /// Somebody changed it since it was read.
    ChangedMeanwhile,
    /// Its state does not allow this.
    WrongState,
    /// This work ended for good; its subject says how to go on.
    NotRerunnable,
    /// The time has passed.
    TimeInPast,
    /// The time is further away than can be planned.
    TimeTooFar,
    /// The account may not publish so many in its network's period.
    QuotaReached,
    /// A post needs at least one account to go to.
    NoVariants,
    /// The file has not been uploaded yet.
    AssetNotReady,
    /// The file is not of a type that is taken.
    FileTypeUnsupported,
    /// The file is damaged.
    FileDamaged,
    /// The file is too large.
    FileTooLarge,
    /// The image has too many pixels.
    ImageTooManyPixels,
    /// The link is not valid, or was used.
    LinkInvalid,
    /// The link's time is over.
    LinkExpired,
    /// The network takes no post without text or images.
    TextEmpty,
    /// The text is longer than the network takes.
    TextTooLongForNetwork,
    /// The text has more bytes than the network takes.
    TextTooManyBytesForNetwork,
    /// More images than the network takes.
    TooManyImagesForNetwork,
    /// An image is larger than the network takes.
    ImageTooLargeForNetwork,
    /// An image has more pixels than the network takes.
    ImageTooManyPixelsForNetwork,
    /// The network does not take images of this type.
    ImageTypeNotForNetwork,
    /// A description is longer than the network takes.
    AltTextTooLongForNetwork,
    /// The network shows the image or film without its description.
    AltTextNotForNetwork,
    /// The network makes no threads.
    ThreadNotForNetwork,
    /// A thread of more parts than the network takes.
    ThreadTooLongForNetwork,
    /// A part of a thread says nothing.
    ThreadPartEmpty,
    /// The account cannot answer its own post there.
    FirstCommentNotForNetwork,
    /// The network takes no link beside the text.
    LinkNotForNetwork,
    /// Not the address of a page on the web.
    PageAddressInvalid,
    /// A post shows a link or images, not both.
    LinkWithImages,
    /// The network has no such option.
    OptionNotForNetwork,
    /// The option does not take this value.
    OptionValueNotForNetwork,
    /// The network takes no post without an image or a film.
    MediaMissingForNetwork,
    /// The network takes images or films, not both in one post.
    MediaMixedForNetwork,
    /// An image or a film is too wide, too tall or too small for the network.
    MediaShapeNotForNetwork,
    /// More films than the network takes.
    TooManyVideosForNetwork,
    /// A film is larger than the network takes.
    VideoTooLargeForNetwork,
    /// A film is longer than the network takes.
    VideoTooLongForNetwork,
    /// A film is shorter than the network takes.
    VideoTooShortForNetwork,
    /// The network shows no documents.
    DocumentNotForNetwork,
    /// More documents than the network takes.
    TooManyDocumentsForNetwork,
    /// A document is larger than the network takes.
    DocumentTooLargeForNetwork,
    /// The network shows a document, or images and films, not both in one post.
    DocumentNotAloneOnNetwork,
    /// The network wants this option.
    OptionMissingForNetwork,
    /// This does not go together with the rest of the post on the network.
    NotTogetherOnNetwork,
    /// The network's application has not been set up here.
    NetworkNotSetUp,
    /// The network does not let this be changed from here.
    ChangeNotForNetwork,
    /// The text says what the brand does not say.
    BannedWord,
    /// The post belongs to no pillar of the brand.
    PillarMissing,
    /// The month would have more of a pillar than planned.
    OffMix,
    /// Nearly the same is said on the same account not long before or after.
    TextUsedBefore,
    /// A required item of the checklist is not ticked.
    ChecklistIncomplete,
    /// The text is in a language that is not the brand's.
    LanguageNotOfBrand,
    /// An image has no description.
    AltTextMissing,
    /// A partnership is not disclosed.
    DisclosureMissing,
    /// The planned shares are more than the whole.
    MixAboveWhole,
    /// It stands under something else.
    WrongParent,
    /// What it stands under has been put away.
    ParentArchived,
    /// A period that has not begun.
    PeriodInFuture,
    /// A month that has not begun.
    MonthInFuture,
    /// The brand is archived: nothing in it changes.
    BrandArchived,
    /// Only people below one's own level are one's to manage.
    LevelTooHigh,
    /// The person has another kind of account.
    KindMismatch,
    /// The person holds no place there now.
    NotAMember,
    /// A freelancer's place needs an end.
    ExpiryRequired,
    /// The agency needs one CMO who can sign in.
    LastCmo,
    /// Nobody does this to themselves.
    NotYourself,
    /// The person has been deactivated.
    PersonDeactivated,
    /// Not an ISO 4217 currency.
    UnknownCurrency,
    /// The password is too easy to guess.
    PasswordTooWeak,
    /// Too many failed attempts; wait.
    TooManyAttempts,
    /// The code is wrong, or was used.
    SecondFactorWrong,
    /// The agency asks for a second factor first.
    SecondFactorRequired,
    /// The sign-in took too long.
    ChallengeExpired,
    /// The passkey was not accepted.
    PasskeyRefused,
    /// Single sign-on was not accepted.
    SingleSignOnRefused,
    /// A token cannot do more than its creator may.
    ScopeTooWide,
    /// Nobody approves what they wrote or asked for.
    FourEyes,
    /// The step asks for somebody else.
    NotYourTurn,
    /// You have decided on this already.
    AlreadyDecided,
    /// Nobody is there who could approve.
    NobodyCanApprove,
    /// It must be approved first.
    ApprovalRequired,
    /// The amount is above the limit.
    LimitExceeded,
    /// A reason is needed.
    ReasonRequired,
    /// Mail cannot be sent.
    MailNotConfigured,
    /// Something of the calendar is on its way.
    CalendarInUse,
    /// The post has no time yet.
    NotPlanned,
    /// The file is neither CSV nor XLSX.
    FileNotPlan,
    /// The file is not UTF-8.
    FileNotText,
    /// The file unfolds to more than is read.
    FileUnfolds,
    /// A cell holds a formula.
    FormulaCell,
    /// A column that must be there is not.
    ColumnMissing,
    /// A column is there twice.
    ColumnTwice,
    /// Nobody knows this column.
    ColumnUnknown,
    /// This is not a date.
    DateNotUnderstood,
    /// This is not a time of the day.
    TimeNotUnderstood,
    /// The brand has nothing of this name.
    NoSuchName,
    /// Several things have this name.
    NameAmbiguous,
    /// Somebody else sends this file just now.
    UploadBusy,
    /// The file goes on at another place.
    WrongOffset,
    /// There is no file where it was to be put.
    UploadMissing,
    /// Files are not kept in a bucket here.
    NoDirectUpload,
    /// The file could not be stored.
    StoreUnavailable,
    /// The brand may not keep so much.
    QuotaExceeded,
    /// Posts show this file.
    AssetInUse,
    /// The file has been put away.
    AssetArchived,
    /// The file may not be used any more by then.
    AssetExpired,
    /// The file may not be used yet then.
    AssetNotYetUsable,
    /// Nobody has said by which right the file is used.
    RightsMissing,
    /// The form for a network is still being made.
    RenditionPending,
    /// Nobody works with this influencer: the brand, or the agency, has blocked them.
    InfluencerBlocked,
    /// This influencer has promised a competitor to work for nobody beside.
    InfluencerExclusive,
    /// This influencer did not name advertising for the brand as such before.
    InfluencerUndisclosed,
    /// This influencer speaks none of the brand's languages.
    InfluencerLanguage,
    /// This influencer's public is not where the brand wants to be heard.
    InfluencerMarket,
    /// Whoever made the file has not allowed it to be published there then.
    GrantMissing,
    /// Whoever made the file was asked for it: its licence stays `USER_GENERATED`.
    LicenceStays,
    /// Something that must stay, such as a grant, refers to the file.
    AssetReferredTo,
    /// Something stands in the folder.
    FolderNotEmpty,
    /// A folder cannot stand in itself.
    FolderInItself,
    /// Folders stand in each other too deep.
    FolderTooDeep,
    /// Not a rule for days as RFC 5545 writes it.
    RuleNotUnderstood,
    /// Another post has the slot.
    SlotTaken,
    /// No slot is free for the post.
    NoFreeSlot,
    /// A template uses a variable that it does not declare.
    VariableNotDeclared,
    /// What stands between a template's braces is no name.
    VariableNameBad,
    /// A template's opening braces have no closing ones.
    VariableNotClosed,
    /// A variable has no value yet.
    VariableMissing,
    /// The hashtags are for other networks.
    HashtagsNotForNetwork,
    /// The line has not so much left.
    BudgetExceeded,
    /// No more is taken back than was booked.
    MoreThanBooked,
    /// Nothing is booked on a closed budget.
    BudgetClosed,
    /// The budget still has commitments.
    BudgetCommitted,
    /// The other is in another currency.
    CurrencyDiffers,
    /// An expense is handed in with its receipt.
    ReceiptRequired,
    /// What costs money is approved on a line of a budget.
    BudgetLineRequired,
    /// The proposal has no line.
    ProposalWithoutLines,
    /// The team has not approved this version of the proposal.
    ProposalNotReviewed,
    /// The promotion is in another currency.
    BoostCurrencyDiffers,
    /// There is no exchange rate for that day.
    ExchangeRateMissing,
    /// Another conversion of the source has this id.
    ConversionDiffers,
    /// What was sent is not signed with the endpoint's secret.
    SignatureWrong,
    /// What was sent was signed too long ago, or in the future.
    SignatureTooOld,
    /// The payments of a contract are no more than its fee.
    FeeExceeded,
    /// Something holds the payment back.
    PaymentBlocked,
    /// Nobody has said to which account the contract is paid.
    PayeeMissing,
    /// Nobody has said from which account is paid for the brand.
    PayerMissing,
    /// Payments are decided about or on their way to the bank.
    PaymentsUnderWay,
    /// SEPA pays in EUR alone.
    CurrencyNotSepa,
    /// The account is not in a country of SEPA.
    AccountNotSepa,
    /// Nothing is left to transfer, or more than a bank takes.
    NotTransferable,
    /// Not an IBAN.
    IbanInvalid,
    /// Not a BIC.
    BicInvalid,
    /// A name that banks do not take: it is written in Latin letters.
    BankTextOnly,
    /// What was handed in was not found published.
    NotFoundPublished,
    /// What was handed in was not found disclosed.
    NotFoundDisclosed,
    /// Nobody has said what an hour costs on that day.
    WorkRateMissing,
    /// Something of the contract is still to be delivered or paid.
    ContractWorkOpen,
    /// Nobody holds both ends of a contract.
    ContractBothSides,
    /// Amounts add up to more than an answer carries.
    SumTooLarge,
    /// A number of whole accounts is not divided by this.
    NotByDimension,
}

impl Code {
    /// The name in the API: `TimeInPast` is `TIME_IN_PAST`.
    pub fn name(self) -> String {
        self.message_key().trim_start_matches("error-").replace('-', "_").to_ascii_uppercase()
    }

    /// The message's key in the catalogue: `TimeInPast` is `error-time-in-past`.
    pub fn message_key(self) -> String {
        let mut key = "error".to_owned();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() {
                key.push('-');
            }
            key.push(c.to_ascii_lowercase());
        }
        key
    }
}
