-- Plain SQL that H2 and PostgreSQL both understand

create table if not exists customer (
	id bigint primary key,
	name varchar(100) not null,
	email varchar(254) not null,
	city varchar(50) not null,
	segment varchar(20) not null
);

create table if not exists campaign (
	id uuid primary key,
	subject varchar(200) not null,
	text varchar(20000) not null,
	state varchar(20) not null,
	accepted_at timestamp with time zone not null,
	started_at timestamp with time zone,
	finished_at timestamp with time zone,
	post_phase varchar(32)
);

-- Not in databases of earlier versions
alter table campaign add column if not exists attempt int default 0 not null;

alter table campaign add column if not exists resumed_from int;

alter table campaign add column if not exists node varchar(50);

create table if not exists delivery (
	campaign_id uuid not null references campaign,
	customer_id bigint not null references customer,
	state varchar(20) not null,
	reason varchar(250),
	recorded_at timestamp with time zone,
	primary key (campaign_id, customer_id)
);

alter table delivery add column if not exists node varchar(50);

create table if not exists export (
	id uuid primary key,
	state varchar(20) not null,
	documents int not null,
	bytes bigint,
	failure varchar(250),
	requested_at timestamp with time zone not null,
	finished_at timestamp with time zone,
	post_phase varchar(32)
);

alter table export add column if not exists node varchar(50);

create table if not exists export_document (
	export_id uuid not null references export,
	document varchar(100) not null,
	bytes bigint not null,
	primary key (export_id, document)
);

create table if not exists download (
	id bigint generated always as identity primary key,
	export_id uuid not null references export,
	delivery varchar(20) not null,
	bytes bigint not null,
	client varchar(50),
	recorded_at timestamp with time zone not null
);
